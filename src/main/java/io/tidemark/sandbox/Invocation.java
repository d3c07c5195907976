package io.tidemark.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One asynchronous invocation, normalised.
 *
 * @param requestId with the function, the key; opaque, not always a UUID
 * @param rawStatus the source's own word, empty where it gave none
 * @param errorCode 0 on success, null where the source gives none
 * @param errorMessage null where empty
 * @param startTime null while it waits
 * @param endTime null while it waits or runs
 */
public record Invocation(
        FunctionUrn function,
        String requestId,
        InvocationStatus status,
        String rawStatus,
        @Nullable Long errorCode,
        @Nullable String errorMessage,
        @Nullable Instant startTime,
        @Nullable Instant endTime) {

    /**
     * How the records of a window stand in every sink: by start time, those without one last, then
     * by id.
     */
    public static final Comparator<Invocation> SINK_ORDER =
            Comparator.comparing(
                            Invocation::startTime, Comparator.nullsLast(Comparator.naturalOrder()))
                    .thenComparing(Invocation::requestId);

    /**
     * Of two states of one invocation, the newer one is greater. Decided by what the records say
     * and never by the order they arrived in, so that the same records give the same result: open
     * before final, then by end and start time, then by the remaining fields.
     */
    public static final Comparator<Invocation> BY_AGE_OF_STATE =
            Comparator.comparingInt(Invocation::progress)
                    .thenComparing(
                            Invocation::endTime, Comparator.nullsFirst(Comparator.naturalOrder()))
                    .thenComparing(
                            Invocation::startTime, Comparator.nullsFirst(Comparator.naturalOrder()))
                    .thenComparing(Invocation::rawStatus)
                    .thenComparing(
                            Invocation::errorCode, Comparator.nullsFirst(Comparator.naturalOrder()))
                    .thenComparing(
                            Invocation::errorMessage,
                            Comparator.nullsFirst(Comparator.naturalOrder()));

    public Invocation {
        if (requestId.isEmpty()) {
            throw new IllegalArgumentException("an invocation without a request id");
        }
        if (errorMessage != null && errorMessage.isEmpty()) {
            throw new IllegalArgumentException("an empty error message is null");
        }
    }

    /** End minus start in milliseconds; null while either is unknown. */
    public @Nullable Long durationMs() {
        return startTime == null || endTime == null
                ? null
                : Duration.between(startTime, endTime).toMillis();
    }

    private int progress() {
        return switch (status) {
            case WAITING -> 0;
            case RUNNING -> 1;
            case UNKNOWN -> 2;
            case SUCCEEDED, FAILED, DISCARDED -> 3;
        };
    }
}
