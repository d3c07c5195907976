package io.tidemark.window;

import java.time.Duration;
import java.time.Instant;

/**
 * A half-open span of time, {@code [from, to)}.
 *
 * @param from the first instant in it
 * @param to the first instant after it; later than {@code from}
 */
public record TimeRange(Instant from, Instant to) implements Comparable<TimeRange> {
    public TimeRange {
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException(
                    "a range that ends before it begins: " + from + " to " + to);
        }
    }

    public boolean contains(Instant instant) {
        return !instant.isBefore(from) && instant.isBefore(to);
    }

    /** Whether every instant of the other is in this one. */
    public boolean encloses(TimeRange other) {
        return !other.from.isBefore(from) && !other.to.isAfter(to);
    }

    public boolean overlaps(TimeRange other) {
        return from.isBefore(other.to) && other.from.isBefore(to);
    }

    public Duration length() {
        return Duration.between(from, to);
    }

    @Override
    public int compareTo(TimeRange other) {
        int byFrom = from.compareTo(other.from);
        return byFrom != 0 ? byFrom : to.compareTo(other.to);
    }

    /** {@code 2026-11-01T00:00:00Z/2026-11-02T00:00:00Z}. */
    @Override
    public String toString() {
        return from + "/" + to;
    }
}
