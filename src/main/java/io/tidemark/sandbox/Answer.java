package io.tidemark.sandbox;

import java.util.Map;

/** What goes back to the client. */
record Answer(int status, Map<String, String> headers, String contentType, Json body) {
    Answer(int status, Json body) {
        this(status, Map.of(), "application/json", body);
    }

    static Answer html(int status, String title) {
        return new Answer(
                status,
                Map.of(),
                "text/html",
                Json.of(
                        "<html><head><title>%1$s</title></head><body><h1>%1$s</h1></body></html>"
                                .formatted(title)));
    }

    Answer withHeader(String name, String value) {
        return new Answer(status, Map.of(name, value), contentType, body);
    }
}
