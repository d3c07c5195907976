package io.tidemark.sink;

/** A sink could not do what it was asked. The message says what happened, where, and what to do. */
public class SinkException extends Exception {
    private static final long serialVersionUID = 1L;

    public SinkException(String message) {
        super(message);
    }

    public SinkException(String message, Throwable cause) {
        super(message, cause);
    }
}
