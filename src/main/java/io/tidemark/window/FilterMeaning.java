package io.tidemark.window;

import io.tidemark.invocation.Invocation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What {@code query_begin_time} and {@code query_end_time} mean to a source, and so which of the
 * records it returns belong to a window.
 *
 * <p>The vendor says neither which time of a record they are compared with nor whether they are in
 * or out. Where that is shown by the record, a window is asked for with what may lie at its bounds,
 * and its records are picked here by that time. Where it is not, a record belongs to the window
 * whose list holds it, unless the list of what ends where the window begins ({@link #justBefore})
 * holds it as well: with that, every record is in exactly one window, whatever is compared.
 *
 * @param time the time that is compared
 * @param begin whether a record at the very begin is listed
 * @param end whether a record at the very end is listed
 * @param samples how many records have shown that it is so; 0: nobody has asked yet
 */
public record FilterMeaning(Time time, Bound begin, Bound end, int samples) {

    /** The best guess before anybody has asked. */
    public static final FilterMeaning ASSUMED =
            new FilterMeaning(Time.START, Bound.UNKNOWN, Bound.UNKNOWN, 0);

    /** The times of one record are never further apart: a day in the queue, three days running. */
    private static final Duration LONGEST_INVOCATION = Duration.ofHours(96);

    // the source's grain: its query times have no fraction
    private static final long GRAIN_SECONDS = 1;

    public enum Time {
        START,
        END,
        /** None that a record shows, such as the time it was logged. */
        HIDDEN
    }

    public enum Bound {
        INCLUDED,
        EXCLUDED,
        UNKNOWN
    }

    /** Where a record belongs that was returned for a window. */
    public enum Place {
        /** In this window, by its time. */
        INSIDE,
        /** In the window before or after, which returns it as well: not kept. */
        NEXT_DOOR,
        /** It carries no time to go by: see {@link #justBefore}. */
        TIMELESS,
        /**
         * So far outside that it cannot have been found by the time it shows. Where nobody has
         * asked the source, it may compare another time, and no neighbour can be relied on to
         * return it.
         */
        FAR_OUTSIDE,
        /** Outside, so that the source does not compare the time it was found to compare. */
        CONTRADICTION
    }

    /** As a source is thought to be that contradicted what it had shown. */
    public static FilterMeaning hidden(int samples) {
        return new FilterMeaning(Time.HIDDEN, Bound.UNKNOWN, Bound.UNKNOWN, samples);
    }

    /** Whether the source has shown that it is so. */
    public boolean proven() {
        return samples > 0;
    }

    /** The times to ask for, so that the whole window is returned. */
    public TimeRange asked(TimeRange window) {
        Instant from = window.from().truncatedTo(ChronoUnit.SECONDS);
        Instant to = cut(window.to());
        // only a source that is found at its end to compare whole seconds has shown by the record
        // at
        // its begin that it takes that in
        boolean exactly = begin == Bound.INCLUDED && end == Bound.INCLUDED;
        return new TimeRange(
                exactly ? from : from.minusSeconds(GRAIN_SECONDS),
                proven() ? to : to.plusSeconds(GRAIN_SECONDS));
    }

    /**
     * The times to ask for, to learn which records without a time of their own belong to a window
     * before this one. Ends as the list of that window does.
     */
    public TimeRange justBefore(TimeRange window) {
        Instant cut = cut(window.from());
        return new TimeRange(cut.minusSeconds(2 * GRAIN_SECONDS), cut);
    }

    /** Where a record belongs that was returned for {@code asked(window)}. */
    public Place place(TimeRange window, Invocation invocation) {
        Instant at = timeOf(invocation);
        if (at == null) {
            return Place.TIMELESS;
        }
        if (window.contains(at)) {
            return Place.INSIDE;
        }
        TimeRange asked = asked(window);
        // one second more at the end: a source that compares whole seconds and takes the end as in
        // returns to + 0.999
        if (!at.isBefore(asked.from()) && at.isBefore(asked.to().plusSeconds(GRAIN_SECONDS))) {
            return Place.NEXT_DOOR;
        }
        boolean absurd =
                at.isBefore(window.from().minus(LONGEST_INVOCATION))
                        || at.isAfter(window.to().plus(LONGEST_INVOCATION));
        return proven() && !absurd ? Place.CONTRADICTION : Place.FAR_OUTSIDE;
    }

    private @Nullable Instant timeOf(Invocation invocation) {
        return switch (time) {
            case START -> invocation.startTime();
            case END -> invocation.endTime();
            case HIDDEN -> null;
        };
    }

    private static Instant cut(Instant instant) {
        Instant second = instant.truncatedTo(ChronoUnit.SECONDS);
        return second.equals(instant) ? second : second.plusSeconds(GRAIN_SECONDS);
    }
}
