package io.tidemark.sandbox;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A request as it arrived, taken apart.
 *
 * @param path its segments, decoded
 * @param parameters of the query, decoded; the first of each name
 * @param headers by lower-case name; the first of each
 */
record Call(
        String method,
        List<String> path,
        SortedMap<String, String> parameters,
        Map<String, String> headers,
        byte[] body) {
    private static final int LONGEST_BODY = 1 << 20;

    static Call of(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) ->
                        headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        return of(
                exchange.getRequestMethod(),
                exchange.getRequestURI(),
                headers,
                exchange.getRequestBody().readNBytes(LONGEST_BODY));
    }

    static Call of(String method, URI uri, Map<String, String> headers, byte[] body) {
        List<String> path =
                Arrays.stream(uri.getRawPath().substring(1).split("/")).map(Call::decoded).toList();
        SortedMap<String, String> parameters = new TreeMap<>();
        if (uri.getRawQuery() != null) {
            for (String pair : uri.getRawQuery().split("&")) {
                String[] parts = pair.split("=", 2);
                parameters.putIfAbsent(
                        decoded(parts[0]), parts.length < 2 ? "" : decoded(parts[1]));
            }
        }
        return new Call(method, path, parameters, headers, body);
    }

    /** A plus is a plus: nothing here is a form. */
    private static String decoded(String raw) {
        return raw.indexOf('%') < 0
                ? raw
                : URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
