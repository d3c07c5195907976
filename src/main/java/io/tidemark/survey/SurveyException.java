package io.tidemark.survey;

/** What a plan needs cannot be found out. The message says what happened, where, and what to do. */
public final class SurveyException extends Exception {
    private static final long serialVersionUID = 1L;

    public SurveyException(String message) {
        super(message);
    }
}
