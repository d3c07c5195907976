package io.tidemark.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the sandbox tells and lets itself be told by HTTP, without being shown a token. */
final class Inspection implements HttpHandler {
    /** What is told of a record. */
    private record Told(String name, Function<Invocation, @Nullable Object> value) {}

    private static final List<Told> TOLD =
            List.of(
                    new Told("function_urn", Invocation::function),
                    new Told("request_id", Invocation::requestId),
                    new Told("status", Invocation::status),
                    new Told("raw_status", Invocation::rawStatus),
                    new Told("error_code", Invocation::errorCode),
                    new Told("error_message", Invocation::errorMessage),
                    new Told("start_time", Invocation::startTime),
                    new Told("end_time", Invocation::endTime));

    private static final int CHUNK = 1 << 16;

    private final Sandbox sandbox;
    private final Consumer<Instant> clock;

    Inspection(Sandbox sandbox, Consumer<Instant> clock) {
        this.sandbox = sandbox;
        this.clock = clock;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Call call = Call.of(exchange);
            try {
                switch (call.method() + " " + String.join("/", call.path())) {
                    case "GET sandbox/truth" -> truth(exchange, call);
                    case "GET sandbox/requests" ->
                            lines(exchange, sandbox.requests().iterator(), Inspection::write);
                    case "POST sandbox/clock" -> {
                        Instant now = instant(call, "now");
                        if (now == null) {
                            throw ErrorAnswer.badRequest("now is missing");
                        }
                        clock.accept(now);
                        exchange.sendResponseHeaders(204, -1);
                    }
                    default ->
                            throw ErrorAnswer.badRequest(
                                    "the sandbox knows GET /sandbox/truth, GET /sandbox/requests"
                                            + " and POST /sandbox/clock?now=");
                }
            } catch (ErrorAnswer refusal) {
                Json body = refusal.answer().body();
                exchange.sendResponseHeaders(refusal.answer().status(), body.length());
                exchange.getResponseBody().write(body.bytes(), 0, body.length());
            }
        }
    }

    private void truth(HttpExchange exchange, Call call) throws IOException {
        Instant from = instant(call, "from");
        Instant to = instant(call, "to");
        lines(
                exchange,
                sandbox.truth().filter(record -> startedWithin(record, from, to)).iterator(),
                Inspection::write);
    }

    private static boolean startedWithin(
            Invocation record, @Nullable Instant from, @Nullable Instant to) {
        Instant start = record.startTime();
        if (start == null) {
            return from == null && to == null;
        }
        return (from == null || !start.isBefore(from)) && (to == null || start.isBefore(to));
    }

    private static <T> void lines(
            HttpExchange exchange, Iterator<T> items, BiConsumer<T, Json> writer)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/jsonl");
        exchange.sendResponseHeaders(200, 0);
        Json json = new Json(2 * CHUNK);
        OutputStream out = exchange.getResponseBody();
        while (items.hasNext()) {
            writer.accept(items.next(), json);
            json.raw("\n");
            if (json.length() > CHUNK || !items.hasNext()) {
                out.write(json.bytes(), 0, json.length());
                json.clear();
            }
        }
    }

    private static void write(Invocation record, Json out) {
        String separator = "{\"";
        for (Told told : TOLD) {
            out.raw(separator).raw(told.name()).raw("\":");
            Object value = told.value().apply(record);
            if (value instanceof Long number) {
                out.number(number);
            } else {
                out.text(value == null ? null : value.toString());
            }
            separator = ",\"";
        }
        out.raw("}");
    }

    private static void write(Request request, Json out) {
        out.raw("{\"at\":")
                .text(request.at().toString())
                .raw(",\"method\":")
                .text(request.method())
                .raw(",\"path\":")
                .text(request.path())
                .raw(",\"query\":")
                .text(request.query())
                .raw(",\"status\":")
                .number(request.status())
                .raw("}");
    }

    private static @Nullable Instant instant(Call call, String name) {
        String text = call.parameters().get(name);
        if (text == null) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw ErrorAnswer.badRequest(
                    name + " is no instant such as 2026-11-21T00:00:00Z: " + text);
        }
    }
}
