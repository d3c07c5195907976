package io.tidemark.run;

/** A new attempt would drop records that are exported: refused, and the good data stays. */
final class FewerRecords extends Exception {
    private static final long serialVersionUID = 1L;

    FewerRecords(String message) {
        super(message);
    }
}
