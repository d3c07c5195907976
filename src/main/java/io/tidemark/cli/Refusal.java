package io.tidemark.cli;

/**
 * A command that ends without doing what it was asked. The message is for the user, and all of it.
 */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    Refusal(String message) {
        this(ExitCode.REFUSED, message);
    }

    Refusal(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    ExitCode exitCode() {
        return exitCode;
    }
}
