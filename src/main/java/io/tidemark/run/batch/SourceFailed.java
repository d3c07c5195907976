package io.tidemark.run.batch;

import io.tidemark.source.Failure;

/** A failure of the source, on its way through a batch step. */
public final class SourceFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    public SourceFailed(Failure failure) {
        super(failure.message());
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
