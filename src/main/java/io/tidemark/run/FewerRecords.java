package io.tidemark.run;

/**
 * A refresh would leave fewer records than stand in the sinks: refused, and the good data stays.
 */
final class FewerRecords extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FewerRecords(long exported, long now) {
        super(
                "refused: %,d records are exported and the source now lists %,d; what is exported stays"
                        .formatted(exported, now));
    }
}
