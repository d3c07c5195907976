package io.tidemark.source.functiongraph;

import io.tidemark.record.Row;
import io.tidemark.record.Schema;
import io.tidemark.record.Times;
import io.tidemark.window.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Where records belong that were returned for {@link FilterMeaning#asked} of a window, by the time
 * that the source is known or thought to compare.
 */
final class WindowPlacement implements Placement {
    /** In the window before, by its time: not kept where that one lists it. */
    static final int BEFORE = Row.ELSEWHERE + 1;

    /** In the window after, by its time: not kept where that one lists it. */
    static final int AFTER = BEFORE + 1;

    /** It carries no time to go by: see {@link FilterMeaning#justBefore}. */
    static final int TIMELESS = AFTER + 1;

    /**
     * So far outside that it cannot have been found by the time it shows, and that no neighbour
     * holds it by that time.
     */
    static final int FAR_OUTSIDE = TIMELESS + 1;

    /** Outside, so that the source does not compare the time it was found to compare. */
    static final int CONTRADICTION = FAR_OUTSIDE + 1;

    private final FilterMeaning.Time time;
    private final int wanted;
    private final long from;
    private final long to;
    private final long nextDoorFrom;
    private final long nextDoorTo;
    private final long absurdBefore;
    private final long absurdAfter;
    private final boolean proven;

    /**
     * @param statuses the words that were asked for; empty for all
     */
    WindowPlacement(FilterMeaning meaning, TimeRange window, List<String> statuses) {
        this.time = meaning.time();
        this.wanted =
                statuses.isEmpty()
                        ? -1
                        : statuses.stream()
                                .mapToInt(word -> 1 << Normaliser.word(word))
                                .reduce(0, (one, other) -> one | other);
        this.from = Times.micros(window.from());
        this.to = Times.micros(window.to());
        this.proven = meaning.proven();
        TimeRange asked = meaning.asked(window);
        // a source that is not known may compare any time; the windows of a job are about as long
        Duration reach = proven ? Duration.ZERO : window.length().dividedBy(2);
        this.nextDoorFrom = micros(asked.from().minus(reach));
        // one second more at the end: a source that compares whole seconds and takes the end as in
        // returns to + 0.999
        this.nextDoorTo = micros(asked.to().plusSeconds(FilterMeaning.GRAIN_SECONDS).plus(reach));
        this.absurdBefore = micros(window.from().minus(FilterMeaning.LONGEST_INVOCATION));
        this.absurdAfter = micros(window.to().plus(FilterMeaning.LONGEST_INVOCATION));
    }

    /** Rounded up, so that what is not before it in microseconds is not before it at all. */
    private static long micros(Instant instant) {
        return Times.micros(instant.plusNanos(999));
    }

    @Override
    public int place(int word, long start, long end) {
        if ((wanted & 1 << word) == 0) {
            return Row.ELSEWHERE; // the source does not heed the filter
        }
        long at =
                switch (time) {
                    case START -> start;
                    case END -> end;
                    case HIDDEN -> Schema.NO_TIME;
                };
        if (at == Schema.NO_TIME) {
            return TIMELESS;
        }
        if (at >= from && at < to) {
            return Row.HERE;
        }
        if (at >= nextDoorFrom && at < nextDoorTo) {
            return at < from ? BEFORE : AFTER;
        }
        boolean absurd = at < absurdBefore || at > absurdAfter;
        return proven && !absurd ? CONTRADICTION : FAR_OUTSIDE;
    }
}
