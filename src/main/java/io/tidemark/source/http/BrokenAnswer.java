package io.tidemark.source.http;

/** An answer that says it is fine and is not: HTML, empty, cut, or without what it must hold. */
public final class BrokenAnswer extends Exception {

    /**
     * @param what half a sentence for a person, without text of the answer
     */
    public BrokenAnswer(String what) {
        super(what, null, false, false);
    }

    public String what() {
        return String.valueOf(getMessage());
    }
}
