package io.tidemark.window;

import io.tidemark.invocation.FunctionUrn;
import java.time.Instant;
import java.util.Comparator;

/** One function over one range: the unit that is planned, exported, shown and proven. */
public record Window(FunctionUrn function, TimeRange range) implements Comparable<Window> {
    private static final Comparator<Window> BY_FUNCTION_THEN_TIME =
            Comparator.comparing(Window::function).thenComparing(Window::range);

    public Instant from() {
        return range.from();
    }

    public Instant to() {
        return range.to();
    }

    @Override
    public int compareTo(Window other) {
        return BY_FUNCTION_THEN_TIME.compare(this, other);
    }

    /** {@code default:orders 2026-11-01T00:00:00Z/2026-11-02T00:00:00Z}, for messages. */
    @Override
    public String toString() {
        return function.qualifiedName() + " " + range;
    }
}
