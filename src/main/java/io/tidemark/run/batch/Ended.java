package io.tidemark.run.batch;

/** How a batch job ended. */
public sealed interface Ended {

    /** All of its steps are done, now or before. */
    record Completed() implements Ended {}

    /** It was asked to stop, and can be gone on with. */
    record Stopped() implements Ended {}

    /**
     * @param cause the first thing that went wrong, as it was thrown
     */
    record Failed(Throwable cause) implements Ended {}
}
