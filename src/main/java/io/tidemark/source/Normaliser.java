package io.tidemark.source;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.invocation.Invocation;
import io.tidemark.invocation.InvocationStatus;
import io.tidemark.invocation.Quarantined;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Turns records as the source wrote them into invocations, whichever of its shapes they have. Pure.
 *
 * <p>An empty text means nothing was given. What a sink could not hold, or could not hold
 * truthfully, is quarantined: it is never bent into shape.
 */
public final class Normaliser {
    // documented are 64; more than this and function_urn no longer fit one index entry of
    // PostgreSQL (2704 bytes, 4 bytes a character at worst)
    private static final int LONGEST_REQUEST_ID = 512;

    private Normaliser() {}

    public static Normalised normalise(RawInvocation raw, FunctionUrn function) {
        try {
            return new Normalised.Exported(invocation(raw, function));
        } catch (Misfit misfit) {
            return new Normalised.Kept(new Quarantined(raw.json().text(), misfit.sentence));
        }
    }

    private static Invocation invocation(RawInvocation raw, FunctionUrn function) throws Misfit {
        if (raw.misshapen() != null) {
            throw new Misfit(raw.misshapen());
        }
        String requestId = storable("request_id", raw.requestId());
        if (requestId == null) {
            throw new Misfit("It has no request_id.");
        }
        if (requestId.length() > LONGEST_REQUEST_ID) {
            throw new Misfit("Its request_id has " + requestId.length() + " characters.");
        }
        String status = storable("status", raw.status());
        return new Invocation(
                function,
                requestId,
                InvocationStatus.ofSourceWord(status),
                status == null ? "" : status,
                integer("error_code", raw.errorCode()),
                storable("error_message", raw.errorMessage()),
                time("start_time", raw.startTime()),
                time("end_time", raw.endTime()));
    }

    /** The text if every sink can hold it; null where there is none. */
    private static @Nullable String storable(String field, @Nullable String text) throws Misfit {
        if (text == null || text.isEmpty()) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw new Misfit("Its " + field + " holds the character NUL.");
            }
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    throw new Misfit("Its " + field + " holds half a character (a surrogate).");
                }
            }
        }
        return text;
    }

    private static @Nullable Long integer(String field, @Nullable String text) throws Misfit {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return Long.valueOf(text.strip());
        } catch (NumberFormatException notOne) {
            throw new Misfit("Its " + field + " is no integer.");
        }
    }

    private static @Nullable Instant time(String field, @Nullable String text) throws Misfit {
        if (text == null || text.isBlank()) {
            return null;
        }
        Instant time = SourceTime.parse(text.strip());
        if (time == null) {
            throw new Misfit("Its " + field + " is no time.");
        }
        return time;
    }

    /** Does not leave this class; without a stack trace, as a window may be full of them. */
    private static final class Misfit extends Exception {
        private final String sentence;

        private Misfit(String sentence) {
            super(sentence, null, false, false);
            this.sentence = sentence;
        }
    }
}
