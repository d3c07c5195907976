package io.tidemark.source;

/**
 * Why a source gave no answer, after everything that is worth trying was tried. A value, so that
 * whoever asks has to decide.
 *
 * @param reach what is given up with it
 * @param message what happened, where, and what to do: for a person, on one line, without secrets
 */
public record Failure(Reach reach, String message) {

    /** What is given up with a failure, from the least to the most. */
    public enum Reach {
        /**
         * What was read of the window so far cannot be gone on with, for the source has changed: a
         * new attempt from the beginning may well succeed.
         */
        ATTEMPT,
        WINDOW,
        FEED,
        RUN
    }
}
