package io.tidemark.source.functiongraph;

/** How a slice goes on after a page. */
sealed interface Next {

    /** There may be more: ask here. */
    record At(Position position) implements Next {}

    /** Everything the source gives has been read. */
    record End(Reason reason) implements Next {}

    /**
     * There is more, and no way to ask for it.
     *
     * @param reason one sentence for a person
     */
    record Stuck(String reason) implements Next {}

    /**
     * Why a slice is taken to be at its end. None of them proves that nothing is missing: only a
     * {@link RawPage#count()} that agrees does.
     */
    enum Reason {
        SHORT_PAGE("the last page was not full and names no further one"),
        EMPTY_PAGE("the last page was empty"),
        /** Past its end, or because it ignores the marker, the source repeats what it gave. */
        NOTHING_NEW("the source repeated records it had given before"),
        /** Past its end, or because it does not page that deep, the source refuses the marker. */
        MARKER_REJECTED("the source refused the marker after the last page");

        private final String sentence;

        Reason(String sentence) {
            this.sentence = sentence;
        }

        /** The reason as half a sentence, for a person. */
        String sentence() {
            return sentence;
        }
    }
}
