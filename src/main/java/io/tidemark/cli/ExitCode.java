package io.tidemark.cli;

/**
 * How a command ends. Stopped by a signal it is 130 or 143, which the Java runtime sees to.
 *
 * @see Main
 */
enum ExitCode {
    DONE(0),
    /** Refused or failed as a whole; nothing was half done. */
    REFUSED(1),
    /** {@code plan --detailed-exitcode}: there is something to do. */
    CHANGES(2),
    /** Applied, but some windows failed or are incomplete. */
    PARTLY(3),
    /** Another apply holds the lease. */
    HELD(4);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
