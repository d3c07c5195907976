package io.tidemark.run;

import io.tidemark.source.Checkpoint;

/** Fewer records came than the source counts, and there is a way to read that may give more. */
final class ReadAgain extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Checkpoint from;

    ReadAgain(long counted, long returned, Checkpoint from) {
        super("the source counts %d records and its pages gave %d".formatted(counted, returned));
        this.from = from;
    }

    Checkpoint from() {
        return from;
    }
}
