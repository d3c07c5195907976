package io.tidemark.sandbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One record as it stands at one instant. Times are milliseconds since 1970.
 *
 * @param requestId kept here even where the server will not say it
 * @param word the status as the server says it
 * @param failed whether it ended otherwise than well
 * @param errorCode 0 where it did not fail
 * @param errorMessage empty where it did not fail
 * @param started {@link #NONE} while it waits
 * @param ended {@link #NONE} while it waits or runs
 * @param damaged whether no client can make sense of it
 */
record Snapshot(
        String requestId,
        String word,
        boolean failed,
        int errorCode,
        String errorMessage,
        long started,
        long ended,
        boolean damaged) {
    static final long NONE = Long.MIN_VALUE;

    /** What a client should make of it; as the settings say, times have fractions or have not. */
    Invocation normalised(FunctionUrn function, Behaviour behaviour) {
        boolean codeIsSaid =
                switch (behaviour.of(Behaviour.ErrorCode.class)) {
                    case NUMBER, TEXT -> true;
                    case EMPTY, NULL, ABSENT -> failed;
                };
        return new Invocation(
                function,
                requestId,
                InvocationStatus.ofSourceWord(word),
                word,
                codeIsSaid ? (long) errorCode : null,
                errorMessage.isEmpty() ? null : errorMessage,
                instant(started, behaviour),
                instant(ended, behaviour));
    }

    private static @Nullable Instant instant(long millis, Behaviour behaviour) {
        if (millis == NONE) {
            return null;
        }
        return switch (behaviour.of(Behaviour.TimeFormat.class)) {
            case FRACTION -> Instant.ofEpochMilli(millis);
            case PLAIN, ZULU, OFFSET, SPACE -> Instant.ofEpochSecond(Math.floorDiv(millis, 1000L));
        };
    }
}
