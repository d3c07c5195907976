package io.tidemark.plan;

import java.util.OptionalLong;

/** What a window would take; empty where nobody knows. */
public record Estimate(OptionalLong records, OptionalLong requests) {
    public static final Estimate UNKNOWN = new Estimate(OptionalLong.empty(), OptionalLong.empty());
}
