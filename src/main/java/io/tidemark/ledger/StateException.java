package io.tidemark.ledger;

import org.jspecify.annotations.Nullable;

/** State cannot be used. The message says what happened, where, and what to do. */
public sealed class StateException extends Exception {
    private static final long serialVersionUID = 1L;

    public StateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    private StateException(String message) {
        super(message);
    }

    /**
     * Another process holds the lease of the job, or, where state is embedded, uses it right now.
     */
    public static final class Held extends StateException {
        private static final long serialVersionUID = 1L;

        Held(String message) {
            super(message);
        }
    }
}
