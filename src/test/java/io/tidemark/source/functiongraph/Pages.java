package io.tidemark.source.functiongraph;

import static java.util.stream.Collectors.joining;

import io.tidemark.source.http.BrokenAnswer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Pages as the source would send them. */
final class Pages {
    private Pages() {}

    static RawPage of(List<String> ids, Optional<Marker> next, OptionalLong count) {
        String body =
                ids.stream()
                                .map("{\"request_id\":\"%s\",\"status\":\"SUCCESS\"}"::formatted)
                                .collect(joining(",", "{\"invocations\":[", "]"))
                        + next.map(marker -> ",\"next_marker\":\"" + marker + "\"").orElse("")
                        + (count.isPresent() ? ",\"count\":" + count.getAsLong() : "")
                        + "}";
        try {
            return RawPage.decode(body.getBytes(StandardCharsets.UTF_8));
        } catch (BrokenAnswer broken) {
            throw new AssertionError(broken.what());
        }
    }
}
