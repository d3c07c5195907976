package io.tidemark.sandbox;

import org.jspecify.annotations.Nullable;

/** Where an invocation stands. The source's own word is kept beside it, see {@link Invocation}. */
public enum InvocationStatus {
    WAITING("WAIT"),
    RUNNING("RUNNING"),
    SUCCEEDED("SUCCESS"),
    FAILED("FAIL"),
    DISCARDED("DISCARD"),
    /**
     * The source used a word that is not documented. Taken as final: nobody can say that it will
     * change.
     */
    UNKNOWN(null);

    private final @Nullable String sourceWord;

    InvocationStatus(@Nullable String sourceWord) {
        this.sourceWord = sourceWord;
    }

    /**
     * The status a word of the source stands for; {@link #UNKNOWN} for null and for undocumented
     * words.
     */
    public static InvocationStatus ofSourceWord(@Nullable String word) {
        for (InvocationStatus status : values()) {
            if (status.sourceWord != null && status.sourceWord.equals(word)) {
                return status;
            }
        }
        return UNKNOWN;
    }

    /** The word the source uses, such as {@code WAIT}; null for {@link #UNKNOWN}. */
    public @Nullable String sourceWord() {
        return sourceWord;
    }

    /** Whether the record will still change: it waits or runs. */
    public boolean isOpen() {
        return this == WAITING || this == RUNNING;
    }
}
