package io.tidemark.window;

import java.time.Instant;
import java.util.Comparator;

/** One feed over one range: the unit that is planned, exported, shown and proven. */
public record Window(Feed feed, TimeRange range) implements Comparable<Window> {
    private static final Comparator<Window> BY_FEED_THEN_TIME =
            Comparator.comparing(Window::feed).thenComparing(Window::range);

    public Instant from() {
        return range.from();
    }

    public Instant to() {
        return range.to();
    }

    @Override
    public int compareTo(Window other) {
        return BY_FEED_THEN_TIME.compare(this, other);
    }

    /** {@code default:orders 2026-11-01T00:00:00Z/2026-11-02T00:00:00Z}, for messages. */
    @Override
    public String toString() {
        return feed.name() + " " + range;
    }
}
