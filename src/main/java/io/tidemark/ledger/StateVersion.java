package io.tidemark.ledger;

import java.util.Optional;

/**
 * Which state, and how often it has changed.
 *
 * @param lineage what the state was called when it was created; empty while nothing was ever
 *     recorded
 * @param serial grows with every change
 */
public record StateVersion(Optional<String> lineage, long serial) {
    public static final StateVersion EMPTY = new StateVersion(Optional.empty(), 0);
}
