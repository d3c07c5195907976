package io.tidemark.run;

/** What was read of a window cannot be trusted: it is to be read again from its beginning. */
final class BeginAnew extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean inPieces;

    BeginAnew(String reason) {
        this(reason, false);
    }

    private BeginAnew(String reason, boolean inPieces) {
        super(reason);
        this.inPieces = inPieces;
    }

    /**
     * Paging gave fewer records than the source counts, or repeats: smaller pieces may give all.
     */
    static BeginAnew inPieces(String reason) {
        return new BeginAnew(reason, true);
    }

    boolean isToBeReadInPieces() {
        return inPieces;
    }
}
