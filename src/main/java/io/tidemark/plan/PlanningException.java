package io.tidemark.plan;

/** There can be no plan. The message says why and what to do. */
public final class PlanningException extends Exception {
    private static final long serialVersionUID = 1L;

    public PlanningException(String message) {
        super(message);
    }
}
