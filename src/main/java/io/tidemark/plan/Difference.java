package io.tidemark.plan;

/**
 * A sink that does not hold a window as the ledger says.
 *
 * @param sink the sink's id
 * @param what one sentence for a person
 */
public record Difference(String sink, String what) {}
