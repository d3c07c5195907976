package io.tidemark.run;

/** What was read of a window cannot be trusted: it is to be read again from its beginning. */
final class BeginAnew extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BeginAnew(String reason) {
        super(reason);
    }
}
