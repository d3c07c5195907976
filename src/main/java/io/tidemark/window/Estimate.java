package io.tidemark.window;

import java.util.OptionalLong;

/** What a window would take of the source; empty where nobody knows. */
public record Estimate(OptionalLong records, OptionalLong requests) {
    public static final Estimate UNKNOWN = new Estimate(OptionalLong.empty(), OptionalLong.empty());

    /** The source has shown that there is nothing. */
    public static final Estimate NOTHING = of(0, 0);

    public static Estimate of(long records, long requests) {
        return new Estimate(OptionalLong.of(records), OptionalLong.of(requests));
    }

    /** Whether the source has shown that there is nothing to read. */
    public boolean isNothing() {
        return equals(NOTHING);
    }
}
