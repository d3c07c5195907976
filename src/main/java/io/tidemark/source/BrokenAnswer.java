package io.tidemark.source;

/** An answer that says it is fine and is not: HTML, empty, cut, or without what it must hold. */
final class BrokenAnswer extends Exception {

    /**
     * @param what half a sentence for a person, without text of the answer
     */
    BrokenAnswer(String what) {
        super(what, null, false, false);
    }

    String what() {
        return String.valueOf(getMessage());
    }
}
