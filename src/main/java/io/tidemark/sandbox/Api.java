package io.tidemark.sandbox;

import io.tidemark.sandbox.Archive.Listing;
import io.tidemark.sandbox.Archive.Query;
import io.tidemark.sandbox.Behaviour.BeginBound;
import io.tidemark.sandbox.Behaviour.ContentType;
import io.tidemark.sandbox.Behaviour.Damage;
import io.tidemark.sandbox.Behaviour.EndBound;
import io.tidemark.sandbox.Behaviour.ErrorCode;
import io.tidemark.sandbox.Behaviour.ListedUrn;
import io.tidemark.sandbox.Behaviour.NoRows;
import io.tidemark.sandbox.Behaviour.OpenTime;
import io.tidemark.sandbox.Behaviour.Order;
import io.tidemark.sandbox.Behaviour.Persistence;
import io.tidemark.sandbox.Behaviour.StatusFilter;
import io.tidemark.sandbox.Behaviour.TimeFormat;
import io.tidemark.sandbox.Paging.Page;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** The calls of the API: from a request to its right answer. */
final class Api {
    private static final DateTimeFormatter QUERY_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT)
                    .withResolverStyle(ResolverStyle.STRICT);

    /** Records of one list change places only within blocks; no usual page size is a multiple. */
    private static final int BLOCK = 7;

    private static final String[] RUNTIMES = {"Java17", "Python3.10", "Node.js18.15"};

    private final Behaviour behaviour;
    private final String project;
    private final List<FunctionUrn> functions;
    private final Map<FunctionUrn, Integer> numberOf = new HashMap<>();
    private final Archive archive;
    private final Gate gate;
    private final LongSupplier now;
    private final Paging paging;
    private final ErrorCode errorCode;
    private final OpenTime openTime;
    private final TimeFormat timeFormat;
    private final Damage damage;
    private final AtomicLong lists = new AtomicLong();

    Api(
            SandboxSettings settings,
            String project,
            List<FunctionUrn> functions,
            Archive archive,
            Gate gate,
            LongSupplier now) {
        this.behaviour = settings.behaviour();
        this.project = project;
        this.functions = functions;
        for (int i = 0; i < functions.size(); i++) {
            numberOf.put(functions.get(i), i);
        }
        this.archive = archive;
        this.gate = gate;
        this.now = now;
        this.paging = new Paging(settings);
        this.errorCode = behaviour.of(ErrorCode.class);
        this.openTime = behaviour.of(OpenTime.class);
        this.timeFormat = behaviour.of(TimeFormat.class);
        this.damage = behaviour.of(Damage.class);
    }

    /**
     * @param out what the body may be written to
     * @throws ErrorAnswer the source would answer with an error
     */
    Answer answer(Call call, Json out) {
        List<String> path = call.path();
        if (call.method().equals("POST") && path.equals(List.of("v3", "auth", "tokens"))) {
            return gate.logIn(call);
        }
        boolean isFunctions =
                call.method().equals("GET")
                        && path.size() >= 4
                        && path.get(0).equals("v2")
                        && path.get(2).equals("fgs")
                        && path.get(3).equals("functions");
        if (!isFunctions || path.size() == 5 || path.size() > 6) {
            throw noSuchCall();
        }
        gate.admit(call);
        if (!path.get(1).equals(project)) {
            throw ErrorAnswer.fss(403, "FSS.0403", "invalid token: it is for another project");
        }
        requireContentType(call);
        if (path.size() == 4) {
            return new Answer(200, listFunctions(call, out));
        }
        return switch (path.get(5)) {
            case "async-invocations" -> new Answer(200, listInvocations(number(call), call, out));
            case "async-invoke-config" -> new Answer(200, config(number(call), out));
            default -> throw noSuchCall();
        };
    }

    private static ErrorAnswer noSuchCall() {
        return ErrorAnswer.apigw(
                404, "APIGW.0101", "The API does not exist or has not been published");
    }

    private void requireContentType(Call call) {
        boolean isJson =
                call.headers().getOrDefault("content-type", "").startsWith("application/json");
        if (!isJson && behaviour.of(ContentType.class) == ContentType.MANDATORY) {
            throw ErrorAnswer.badRequest("the header Content-Type: application/json is mandatory");
        }
    }

    private int number(Call call) {
        String urn = call.path().get(4);
        Integer number = FunctionUrn.parse(urn).map(numberOf::get).orElse(null);
        if (number == null) {
            throw ErrorAnswer.fss(404, "FSS.0404", "Not found the function: " + urn);
        }
        return number;
    }

    private Json listFunctions(Call call, Json out) {
        Map<String, String> parameters = call.parameters();
        Page page = paging.page(parameters, paging.maxitems(parameters), functions.size());
        out.raw("{\"functions\":[");
        for (int i = page.from(); i < page.to(); i++) {
            FunctionUrn urn = functions.get(i);
            out.raw(i == page.from() ? "" : ",")
                    .raw("{\"id\":")
                    .text(urn.canonical())
                    .raw(",\"func_urn\":")
                    .text(
                            switch (behaviour.of(ListedUrn.class)) {
                                case WITHOUT_VERSION -> urn.toString();
                                case WITH_LATEST -> urn.canonical();
                            })
                    .raw(",\"func_name\":")
                    .text(urn.functionName())
                    .raw(",\"project_name\":")
                    .text(Gate.PROJECT_NAME)
                    .raw(",\"package\":")
                    .text(urn.packageName())
                    .raw(",\"runtime\":")
                    .text(RUNTIMES[i % RUNTIMES.length])
                    .raw(",\"timeout\":900,\"handler\":\"index.handler\",\"memory_size\":256")
                    .raw(",\"cpu\":300,\"code_type\":\"zip\",\"version\":\"latest\"")
                    .raw(",\"last_modified\":\"2025-03-01T08:00:00+08:00\"}");
        }
        out.raw("]");
        paging.describe(page, out);
        return out.raw("}");
    }

    private Json config(int function, Json out) {
        return out.raw("{\"func_urn\":")
                .text(functions.get(function).canonical())
                .raw(",\"max_async_event_age_in_seconds\":3600,\"max_async_retry_attempts\":1")
                .raw(",\"created_time\":\"2025-03-01T08:00:00Z\"")
                .raw(",\"last_modified\":\"2025-03-01T08:00:00Z\",\"enable_async_status_log\":")
                .raw(Boolean.toString(archive.isPersistent(function)))
                .raw("}");
    }

    private Json listInvocations(int function, Call call, Json out) {
        if (!archive.isPersistent(function)
                && behaviour.of(Persistence.class) == Persistence.OFF_AND_REFUSED) {
            throw ErrorAnswer.fss(
                    400, "FSS.1309", "asynchronous invocation status persistence is not enabled");
        }
        Map<String, String> parameters = call.parameters();
        int limit = paging.limit(parameters);
        long at = now.getAsLong();
        Query query = query(function, parameters, at);
        String requestId = parameters.get("request_id");
        Listing found =
                requestId == null ? archive.list(query, at) : archive.find(requestId, query, at);
        Page page = paging.page(parameters, limit, found.size());
        if (page.rows() == 0 && behaviour.of(NoRows.class) == NoRows.NULL) {
            out.raw("{\"invocations\":null");
        } else {
            out.raw("{\"invocations\":[");
            Order order = behaviour.of(Order.class);
            long list = lists.incrementAndGet();
            for (int i = page.from(); i < page.to(); i++) {
                int position =
                        switch (order) {
                            case NEWEST_FIRST -> page.total() - 1 - i;
                            case OLDEST_FIRST -> i;
                            case UNSTABLE -> shuffled(i, page.total(), list);
                        };
                out.raw(i == page.from() ? "{" : ",{");
                row(archive.snapshot(found.at(position), at), out);
            }
            out.raw("]");
        }
        paging.describe(page, out);
        return out.raw("}");
    }

    /** Turns each whole block by an amount that depends on the request. */
    private static int shuffled(int position, int total, long list) {
        int block = position / BLOCK;
        if ((block + 1) * BLOCK > total) {
            return position;
        }
        long turn = Long.remainderUnsigned(History.mix(list * 31 + block), BLOCK);
        return block * BLOCK + (int) ((position + turn) % BLOCK);
    }

    private Query query(int function, Map<String, String> parameters, long at) {
        long hour = Duration.ofHours(1).toMillis();
        long begin = time(parameters, "query_begin_time", at - hour);
        long end = time(parameters, "query_end_time", at);
        if (end < begin) {
            throw ErrorAnswer.badRequest("query_end_time is before query_begin_time");
        }
        String status = parameters.get("status");
        if (status != null && (InvocationStatus.ofSourceWord(status) == InvocationStatus.UNKNOWN)) {
            throw ErrorAnswer.badRequest("no such status: " + status);
        }
        if (behaviour.of(StatusFilter.class) == StatusFilter.IGNORED) {
            status = null;
        }
        // times are as fine as they are written
        long step = timeFormat == TimeFormat.FRACTION ? 1 : 1000;
        return new Query(
                function,
                behaviour.of(BeginBound.class) == BeginBound.INCLUSIVE ? begin : begin + step,
                behaviour.of(EndBound.class) == EndBound.INCLUSIVE ? end + step : end,
                status);
    }

    private static long time(Map<String, String> parameters, String name, long otherwise) {
        String text = parameters.get(name);
        if (text == null || text.isEmpty()) {
            return otherwise - Math.floorMod(otherwise, 1000L);
        }
        try {
            return LocalDateTime.parse(text, QUERY_TIME).toInstant(ZoneOffset.UTC).toEpochMilli();
        } catch (DateTimeParseException e) {
            throw ErrorAnswer.badRequest(name + " is not yyyy-MM-dd'T'HH:mm:ss: " + text);
        }
    }

    private void row(Snapshot record, Json out) {
        if (damage != Damage.NO_REQUEST_ID || !record.damaged()) {
            out.raw("\"request_id\":").text(record.requestId()).raw(",");
        }
        out.raw("\"status\":").text(record.word());
        errorCode(record, out);
        out.raw(",\"error_message\":").text(record.errorMessage());
        if (damage == Damage.TIME_THAT_IS_NONE && record.damaged()) {
            out.raw(",\"start_time\":\"yesterday\"");
        } else {
            time(",\"start_time\":", record.started(), out);
        }
        time(",\"end_time\":", record.ended(), out);
        out.raw("}");
    }

    private void errorCode(Snapshot record, Json out) {
        int code = record.errorCode();
        switch (errorCode) {
            case NUMBER -> out.raw(",\"error_code\":").number(code);
            case TEXT -> out.raw(",\"error_code\":").text(Integer.toString(code));
            case EMPTY ->
                    out.raw(",\"error_code\":").text(record.failed() ? Integer.toString(code) : "");
            case NULL -> {
                out.raw(",\"error_code\":");
                if (record.failed()) {
                    out.number(code);
                } else {
                    out.raw("null");
                }
            }
            case ABSENT -> {
                if (record.failed()) {
                    out.raw(",\"error_code\":").number(code);
                }
            }
        }
    }

    private void time(String name, long millis, Json out) {
        if (millis != Snapshot.NONE) {
            out.raw(name).time(millis, timeFormat);
            return;
        }
        switch (openTime) {
            case EMPTY -> out.raw(name).raw("\"\"");
            case ABSENT -> {}
            case NULL -> out.raw(name).raw("null");
        }
    }
}
