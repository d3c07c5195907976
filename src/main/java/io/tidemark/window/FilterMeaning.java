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
 * and its records are picked here by that time; those that are left to a neighbour have to be
 * listed there ({@link #justBefore}, {@link #justAfter}). Where it is not shown, a record belongs
 * to the window whose list holds it, unless the list of what ends where the window begins holds it
 * as well: with that, every record is in exactly one window, whatever is compared.
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
        /** In the window before, by its time: not kept where that one lists it. */
        BEFORE,
        /** In the window after, by its time: not kept where that one lists it. */
        AFTER,
        /** It carries no time to go by: see {@link #justBefore}. */
        TIMELESS,
        /**
         * So far outside that it cannot have been found by the time it shows, and that no neighbour
         * holds it by that time.
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
        return new TimeRange(firstAsked(window.from()), lastAsked(window.to()));
    }

    /**
     * The times to ask for, to learn what the window before this one lists as well. Ends as the
     * list of that window does.
     */
    public TimeRange justBefore(TimeRange window) {
        return new TimeRange(
                cut(window.from()).minusSeconds(2 * GRAIN_SECONDS), lastAsked(window.from()));
    }

    /**
     * The times to ask for, to learn what the window after this one lists as well. Begins as the
     * list of that window does.
     */
    public TimeRange justAfter(TimeRange window) {
        return new TimeRange(firstAsked(window.to()), cut(window.to()).plusSeconds(GRAIN_SECONDS));
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
        if (isNextDoor(window, at)) {
            return at.isBefore(window.from()) ? Place.BEFORE : Place.AFTER;
        }
        boolean absurd =
                at.isBefore(window.from().minus(LONGEST_INVOCATION))
                        || at.isAfter(window.to().plus(LONGEST_INVOCATION));
        return proven() && !absurd ? Place.CONTRADICTION : Place.FAR_OUTSIDE;
    }

    private boolean isNextDoor(TimeRange window, Instant at) {
        TimeRange asked = asked(window);
        // a source that is not known may compare any time; the windows of a job are about as long
        Duration reach = proven() ? Duration.ZERO : window.length().dividedBy(2);
        // one second more at the end: a source that compares whole seconds and takes the end as in
        // returns to + 0.999
        return !at.isBefore(asked.from().minus(reach))
                && at.isBefore(asked.to().plusSeconds(GRAIN_SECONDS).plus(reach));
    }

    private Instant firstAsked(Instant from) {
        // only a source that is found at its end to compare whole seconds has shown by the record
        // at its begin that it takes that in
        boolean exactly = begin == Bound.INCLUDED && end == Bound.INCLUDED;
        Instant second = from.truncatedTo(ChronoUnit.SECONDS);
        return exactly ? second : second.minusSeconds(GRAIN_SECONDS);
    }

    private Instant lastAsked(Instant to) {
        return proven() ? cut(to) : cut(to).plusSeconds(GRAIN_SECONDS);
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
