package io.tidemark.sink;

/** Something else stands where a window was to be published than what it was to replace. */
public final class StandingChanged extends SinkException {
    private static final long serialVersionUID = 1L;

    /**
     * @param place where
     */
    public StandingChanged(String place) {
        super(
                "%s was changed by somebody else while the window was exported; it stays as it is. See that one job and one state write there, then apply again"
                        .formatted(place));
    }
}
