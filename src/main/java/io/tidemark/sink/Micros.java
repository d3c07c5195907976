package io.tidemark.sink;

import io.tidemark.invocation.Column;
import java.time.Instant;

/** Times as Parquet and PostgreSQL hold them: a long of microseconds. */
final class Micros {
    private static final long PER_SECOND = 1_000_000;

    private Micros() {}

    /**
     * Microseconds since {@code epochSecond}, a finer fraction cut off.
     *
     * @param column what the time is, for the message
     * @throws SinkException a time some 290,000 years away, which a long does not hold
     */
    static long since(long epochSecond, Instant time, Column column) throws SinkException {
        try {
            return Math.addExact(
                    Math.multiplyExact(
                            Math.subtractExact(time.getEpochSecond(), epochSecond), PER_SECOND),
                    time.getNano() / 1_000);
        } catch (ArithmeticException tooFar) {
            throw new SinkException(
                    "a record has the %s %s, which is further away than any sink can hold. Such a record belongs into quarantine: please report this"
                            .formatted(column.columnName(), time));
        }
    }

    /** The time that is so many microseconds after 1970. */
    static Instant instant(long microsSince1970) {
        return Instant.ofEpochSecond(
                Math.floorDiv(microsSince1970, PER_SECOND),
                Math.floorMod(microsSince1970, PER_SECOND) * 1_000);
    }
}
