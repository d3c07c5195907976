package io.tidemark.source.functiongraph;

import io.tidemark.job.SourceSpec;
import io.tidemark.source.http.Asked;
import io.tidemark.source.http.BrokenAnswer;
import io.tidemark.source.http.Call;
import io.tidemark.source.http.CloudTime;
import io.tidemark.source.http.Json;
import io.tidemark.source.http.Outcome;
import io.tidemark.source.http.Percent;
import io.tidemark.source.http.Requests;
import io.tidemark.source.http.Trouble;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** FunctionGraph, v2, over HTTP. */
final class HttpApi implements Api {
    // the most the API gives; its name there is maxitems
    private static final int FUNCTIONS_A_PAGE = 400;

    private final String functionsAddress;
    private final Requests requests;
    private final AtomicInteger fullPage = new AtomicInteger();

    /**
     * @param requests closed together with this
     */
    HttpApi(SourceSpec.Cloud server, Requests requests) {
        this.functionsAddress =
                server.endpoint() + "/v2/" + Percent.encode(server.project()) + "/fgs/functions";
        this.requests = requests;
    }

    @Override
    public Outcome<RawPage> page(PageRequest request) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("marker", request.marker().text());
        query.put("limit", Integer.toString(request.limit()));
        query.put("query_begin_time", CloudTime.format(request.asked().from()));
        query.put("query_end_time", CloudTime.format(request.asked().to()));
        request.status().ifPresent(word -> query.put("status", word));
        request.requestId().ifPresent(id -> query.put("request_id", id));
        Asked asked =
                Asked.source(
                        "invocations",
                        request.function().toString(),
                        " between %s and %s at marker %s"
                                .formatted(
                                        request.asked().from(),
                                        request.asked().to(),
                                        request.marker()));
        return requests.ask(
                Call.get(asked, addressOf(request.function()) + "/async-invocations", query),
                answer -> {
                    RawPage page = RawPage.decode(answer.body());
                    fullPage.accumulateAndGet(page.size(), Math::max);
                    return page;
                });
    }

    @Override
    public int fullPage() {
        return fullPage.get();
    }

    @Override
    public Outcome<List<FunctionUrn>> functions() {
        SortedSet<FunctionUrn> found = new TreeSet<>();
        Position position = Position.START;
        int fullest = 0;
        while (true) {
            Asked asked = Asked.source("the list of functions", " at marker " + position.marker());
            Next next;
            switch (functionPage(asked, position.marker())) {
                case Outcome.Ok<FunctionPage>(FunctionPage page) -> {
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
                case Outcome.Failed<FunctionPage>(Trouble trouble) -> {
                    Optional<Next> end =
                            trouble.kind() == Trouble.Kind.REJECTED
                                    ? Paging.afterRejection(position)
                                    : Optional.empty();
                    if (end.isEmpty()) {
                        return new Outcome.Failed<>(trouble);
                    }
                    next = end.get();
                }
            }
            switch (next) {
                case Next.At(Position further) -> position = further;
                case Next.End end -> {
                    return new Outcome.Ok<>(List.copyOf(found));
                }
                case Next.Stuck(String reason) -> {
                    return new Outcome.Failed<>(
                            new Trouble(
                                    Trouble.Kind.UNAVAILABLE,
                                    new Trouble.Circumstances(
                                            asked, OptionalInt.of(200), "", reason, 1),
                                    ""));
                }
            }
        }
    }

    private record FunctionPage(List<FunctionUrn> urns, Optional<Marker> next) {}

    private Outcome<FunctionPage> functionPage(Asked asked, Marker marker) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("marker", marker.text());
        query.put("maxitems", Integer.toString(FUNCTIONS_A_PAGE));
        return requests.ask(
                Call.get(asked, functionsAddress, query),
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
    public Outcome<Optional<Boolean>> recordsStatuses(FunctionUrn function) {
        Call call =
                Call.get(
                        Asked.source("the asynchronous configuration", function.toString(), ""),
                        addressOf(function) + "/async-invoke-config",
                        Map.of());
        Outcome<Optional<Boolean>> outcome =
                requests.ask(
                        call,
                        reply ->
                                Json.text(Json.object(reply.body()).path("enable_async_status_log"))
                                        .map(Boolean::valueOf));
        // a function that was never configured has no such page
        return outcome instanceof Outcome.Failed<Optional<Boolean>>(Trouble trouble)
                        && trouble.kind() == Trouble.Kind.NO_SUCH_FUNCTION
                ? new Outcome.Ok<>(Optional.empty())
                : outcome;
    }

    private String addressOf(FunctionUrn function) {
        return functionsAddress + "/" + Percent.encode(function.toString());
    }

    @Override
    public void close() {
        requests.close();
    }
}
