package io.tidemark.source;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.invocation.InvocationStatus;
import io.tidemark.source.Failure.Circumstances;
import io.tidemark.job.Secret;
import io.tidemark.job.SourceSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** FunctionGraph, v2. */
final class CloudSource implements InvocationSource {
    // the most the API gives; its name there is maxitems
    private static final int FUNCTIONS_A_PAGE = 400;

    private final String functionsAddress;
    private final Requests requests;
    private final Credentials credentials;
    private final AtomicInteger fullPage = new AtomicInteger();

    private CloudSource(String functionsAddress, Requests requests, Credentials credentials) {
        this.functionsAddress = functionsAddress;
        this.requests = requests;
        this.credentials = credentials;
    }

    static CloudSource open(
            SourceSpec.Cloud cloud,
            OptionalDouble requestsPerSecond,
            int connections,
            Patience patience,
            Proxies proxies,
            Clockwork clockwork) {
        Requests requests =
                new Requests(
                        new RequestBudget(requestsPerSecond, connections, clockwork),
                        patience,
                        new Wire(patience, proxies),
                        clockwork);
        secretsOf(cloud.auth()).forEach(secret -> requests.secrets().add(secret.reveal()));
        return new CloudSource(
                cloud.endpoint() + "/v2/" + Percent.encode(cloud.project()) + "/fgs/functions",
                requests,
                Credentials.of(cloud, requests, clockwork));
    }

    private static List<Secret> secretsOf(SourceSpec.Auth auth) {
        return switch (auth) {
            case SourceSpec.Token token -> List.of(token.token());
            case SourceSpec.Password password -> List.of(password.password());
            case SourceSpec.AccessKey key -> {
                List<Secret> secrets = new ArrayList<>(List.of(key.accessKey(), key.secretKey()));
                key.securityToken().ifPresent(secrets::add);
                yield secrets;
            }
        };
    }

    @Override
    public Answer<Page> page(PageRequest request) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("marker", request.marker().text());
        query.put("limit", Integer.toString(request.limit()));
        query.put("query_begin_time", SourceTime.format(request.asked().from()));
        query.put("query_end_time", SourceTime.format(request.asked().to()));
        request.status()
                .map(InvocationStatus::sourceWord)
                .ifPresent(word -> query.put("status", word));
        request.requestId().ifPresent(id -> query.put("request_id", id));

        Call call =
                Call.get(
                        Asked.of(request),
                        addressOf(request.function()) + "/async-invocations",
                        query);
        return requests.ask(call, credentials, answer -> page(answer.body()));
    }

    private Page page(byte[] body) throws BrokenAnswer {
        PageDecoder.Decoded page = PageDecoder.decode(body);
        int full = fullPage.accumulateAndGet(page.records().size(), Math::max);
        return new Page(page.records(), page.next(), page.count(), full);
    }

    @Override
    public Answer<List<FunctionUrn>> functions() {
        SortedSet<FunctionUrn> found = new TreeSet<>();
        Position position = Position.START;
        int fullest = 0;
        while (true) {
            Asked asked = Asked.functionsAt(position.marker());
            Next next;
            switch (functionPage(asked, position.marker())) {
                case Answer.Ok<FunctionPage>(FunctionPage page) -> {
                    int before = found.size();
                    found.addAll(page.urns());
                    fullest = Math.max(fullest, page.urns().size());
                    next =
                            Paging.after(
                                    position,
                                    page.urns().size(),
                                    page.next(),
                                    Math.min(FUNCTIONS_A_PAGE, fullest),
                                    found.size() - before);
                }
                case Answer.Failed<FunctionPage>(Failure failure) -> {
                    Optional<Next> end =
                            failure instanceof Failure.Rejected
                                    ? Paging.afterRejection(position)
                                    : Optional.empty();
                    if (end.isEmpty()) {
                        return new Answer.Failed<>(failure);
                    }
                    next = end.get();
                }
            }
            switch (next) {
                case Next.At(Position further) -> position = further;
                case Next.End end -> {
                    return new Answer.Ok<>(List.copyOf(found));
                }
                case Next.Stuck(String reason) -> {
                    return new Answer.Failed<>(
                            new Failure.Unavailable(
                                    new Circumstances(asked, OptionalInt.of(200), "", reason, 1)));
                }
            }
        }
    }

    private record FunctionPage(List<FunctionUrn> urns, Optional<Marker> next) {}

    private Answer<FunctionPage> functionPage(Asked asked, Marker marker) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("marker", marker.text());
        query.put("maxitems", Integer.toString(FUNCTIONS_A_PAGE));
        return requests.ask(
                Call.get(asked, functionsAddress, query),
                credentials,
                answer -> functionPage(Json.object(answer.body())));
    }

    private static FunctionPage functionPage(JsonNode answer) throws BrokenAnswer {
        JsonNode rows = answer.path("functions");
        if (!rows.isArray() && !rows.isNull()) {
            throw new BrokenAnswer("an answer without 'functions'");
        }
        List<FunctionUrn> urns = new ArrayList<>();
        for (JsonNode row : rows) {
            // to pass over a function in silence would be to lose its records
            urns.add(
                    Json.text(row.path("func_urn"))
                            .flatMap(FunctionUrn::parse)
                            .orElseThrow(() -> new BrokenAnswer("a function without a func_urn")));
        }
        return new FunctionPage(urns, Marker.said(Json.text(answer.path("next_marker"))));
    }

    @Override
    public Answer<Optional<Boolean>> recordsStatuses(FunctionUrn function) {
        Call call =
                Call.get(
                        Asked.about(function, "the asynchronous configuration"),
                        addressOf(function) + "/async-invoke-config",
                        Map.of());
        Answer<Optional<Boolean>> answer =
                requests.ask(
                        call,
                        credentials,
                        reply ->
                                Json.text(Json.object(reply.body()).path("enable_async_status_log"))
                                        .map(Boolean::valueOf));
        // a function that was never configured has no such page
        return answer instanceof Answer.Failed<Optional<Boolean>>(Failure.NoSuchFunction f)
                ? new Answer.Ok<>(Optional.empty())
                : answer;
    }

    private String addressOf(FunctionUrn function) {
        return functionsAddress + "/" + Percent.encode(function.toString());
    }

    @Override
    public void close() {
        requests.close();
    }
}
