package io.tidemark.source;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.window.TimeRange;
import java.util.Optional;

/**
 * What the source was asked for, for messages and for deciding how far a failure reaches.
 *
 * @param what in words, such as {@code the list of functions}
 * @param function the function it was about; empty where it was about none
 * @param range the times as they were sent, so with the overlap of {@link
 *     io.tidemark.window.FilterMeaning#asked}
 * @param marker the position within the range
 * @param server what the job file calls the server that was asked
 */
public record Asked(
        String what,
        Optional<FunctionUrn> function,
        Optional<TimeRange> range,
        Optional<Marker> marker,
        String server) {
    private static final String SOURCE = "source.endpoint";
    private static final String IDENTITY_SERVICE = "source.auth.password.iam";

    static Asked identityService(String what) {
        return new Asked(
                what, Optional.empty(), Optional.empty(), Optional.empty(), IDENTITY_SERVICE);
    }

    static Asked functionsAt(Marker marker) {
        return new Asked(
                "the list of functions",
                Optional.empty(),
                Optional.empty(),
                Optional.of(marker),
                SOURCE);
    }

    static Asked about(FunctionUrn function, String what) {
        return new Asked(what, Optional.of(function), Optional.empty(), Optional.empty(), SOURCE);
    }

    static Asked of(PageRequest request) {
        return new Asked(
                "invocations",
                Optional.of(request.function()),
                Optional.of(request.asked()),
                Optional.of(request.marker()),
                SOURCE);
    }

    @Override
    public String toString() {
        return what
                + function.map(urn -> " of " + urn).orElse("")
                + range.map(times -> " between " + times.from() + " and " + times.to()).orElse("")
                + marker.map(at -> " at marker " + at).orElse("");
    }
}
