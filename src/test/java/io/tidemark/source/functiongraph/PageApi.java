package io.tidemark.source.functiongraph;

import io.tidemark.source.http.Outcome;
import java.util.List;
import java.util.Optional;

/** An API for tests that ask it for pages alone. */
abstract class PageApi implements Api {
    @Override
    public Outcome<List<FunctionUrn>> functions() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Outcome<Optional<Boolean>> recordsStatuses(FunctionUrn function) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        // nothing is open
    }
}
