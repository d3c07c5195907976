package io.tidemark.source;

import java.nio.charset.StandardCharsets;

/**
 * One JSON value as the source wrote it: a stretch of the answer it stands in, made text only when
 * somebody asks. Holds on to the whole answer, so it is not for keeping.
 */
public final class RawJson {
    private final byte[] answer;
    private final int from;
    private final int to;

    /**
     * @param answer all of the body
     * @param from the first byte of the record
     * @param to behind its last byte
     */
    public RawJson(byte[] answer, int from, int to) {
        this.answer = answer;
        this.from = from;
        this.to = to;
    }

    /**
     * The text, which any database holds: JSON has NUL and lone surrogates only as escapes, and
     * escapes stay as they are.
     */
    public String text() {
        return new String(answer, from, to - from, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return text();
    }
}
