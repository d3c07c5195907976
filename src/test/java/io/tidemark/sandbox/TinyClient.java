package io.tidemark.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client for these tests, written from the API's documentation alone: the simplest that copes
 * with every answer there may be.
 */
final class TinyClient {
    static final JsonMapper JSON = new JsonMapper();

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Sandbox sandbox;

    TinyClient(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    record Page(List<JsonNode> rows, JsonNode body) {}

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A path behind the function list's, with a token. */
    HttpResponse<String> get(String tail) {
        return send(request(tail).header("X-Auth-Token", sandbox.token()));
    }

    HttpRequest.Builder request(String tail) {
        return HttpRequest.newBuilder(
                        URI.create(
                                sandbox.endpoint()
                                        + "/v2/"
                                        + sandbox.project()
                                        + "/fgs/functions"
                                        + tail))
                .header("Content-Type", "application/json");
    }

    JsonNode json(String tail) {
        HttpResponse<String> answer = get(tail);
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    static String window(FunctionUrn function, String begin, String end) {
        return "/%s/async-invocations?query_begin_time=%s&query_end_time=%s"
                .formatted(
                        URLEncoder.encode(function.toString(), UTF_8).replace("+", "%20"),
                        begin,
                        end);
    }

    /** Every row of the window, page by page, as the rules of API.md go on and stop. */
    List<JsonNode> rows(String window, int limit) {
        List<JsonNode> rows = new ArrayList<>();
        Set<JsonNode> seen = new HashSet<>();
        long marker = 0;
        while (true) {
            HttpResponse<String> answer = get(window + "&limit=" + limit + "&marker=" + marker);
            if (answer.statusCode() == 400 && marker > 0) {
                return rows; // behind the end
            }
            JsonNode page = JSON.readTree(answer.body());
            List<JsonNode> found = new ArrayList<>();
            page.required("invocations").forEach(found::add);
            long next = page.path("next_marker").asLong(0);
            if (!seen.addAll(found)) {
                return rows; // nothing, or nothing new
            }
            rows.addAll(found);
            if (next > marker) {
                marker = next;
            } else if (found.size() == limit) {
                marker += found.size();
            } else {
                return rows;
            }
        }
    }

    static Invocation invocation(FunctionUrn function, JsonNode row) {
        String word = row.path("status").asString("");
        String code = row.path("error_code").asString("");
        String message = row.path("error_message").asString("");
        return new Invocation(
                function,
                row.path("request_id").asString(""),
                InvocationStatus.ofSourceWord(word),
                word,
                code.isEmpty() ? null : Long.valueOf(code),
                message.isEmpty() ? null : message,
                time(row.path("start_time").asString("")),
                time(row.path("end_time").asString("")));
    }

    static @Nullable Instant time(String text) {
        if (text.isEmpty()) {
            return null;
        }
        String iso = (text.startsWith("12022") ? "+" : "") + text.replace(' ', 'T');
        return iso.endsWith("Z") || iso.endsWith(":00") && iso.matches(".*[+]\\d\\d:00")
                ? OffsetDateTime.parse(iso).toInstant()
                : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
    }
}
