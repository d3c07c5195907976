package io.tidemark.run;

import io.tidemark.source.Failure;
import java.util.Optional;

/** A failure of the source, on its way through a batch step. */
final class SourceFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Optional<Failure> failure;

    SourceFailed(Failure failure) {
        super(failure.message());
        this.failure = Optional.of(failure);
    }

    /** The source answered, and there is no way to go on. */
    SourceFailed(String reason) {
        super(reason);
        this.failure = Optional.empty();
    }

    /** How much is given up for it. */
    Failure.Scope scope() {
        return failure.map(Failure::scope).orElse(Failure.Scope.WINDOW);
    }
}
