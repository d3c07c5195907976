package io.tidemark.source;

import io.tidemark.invocation.Invocation;
import io.tidemark.window.TimeRange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What {@code query_begin_time} and {@code query_end_time} mean to a source, and so which of the
 * records it returns belong to a window.
 *
 * <p>The vendor says neither which time of a record they are compared with nor whether they are in
 * or out. Therefore every window is asked for with one second more at both ends, and its records
 * are picked here by the time that is compared. With the right time that is exact, whatever the
 * source does with its bounds and with fractions of a second.
 *
 * @param time the time that is compared
 * @param proven whether the source has shown that it is so
 */
public record FilterMeaning(Time time, boolean proven) {

    /** The best guess before anybody has asked. */
    public static final FilterMeaning ASSUMED = new FilterMeaning(Time.START, false);

    // the source's grain: its query times have no fraction
    private static final long OVERLAP_SECONDS = 1;

    public enum Time {
        START,
        END
    }

    /** Where a record belongs that was returned for a window. */
    public enum Place {
        /** In this window, by its time. */
        INSIDE,
        /** In the window before or after, which returns it as well: not kept. */
        NEXT_DOOR,
        /** It carries no time to go by: kept with the window that returned it, and counted. */
        TIMELESS,
        /**
         * So far outside that the overlap does not explain it: the source compares something else,
         * and no neighbour can be relied on to return it. Kept with the window that did, and
         * counted.
         */
        FAR_OUTSIDE;

        public boolean kept() {
            return this != NEXT_DOOR;
        }
    }

    /** The times to ask for, so that the whole window is returned. */
    public TimeRange asked(TimeRange window) {
        Instant from = window.from().truncatedTo(ChronoUnit.SECONDS);
        Instant to = window.to().truncatedTo(ChronoUnit.SECONDS);
        Instant end = to.equals(window.to()) ? to : to.plusSeconds(1);
        return new TimeRange(from.minusSeconds(OVERLAP_SECONDS), end.plusSeconds(OVERLAP_SECONDS));
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
        // one second more behind the end: a source that compares whole seconds and takes the end
        // as in returns to + 1.999
        boolean overlap = !at.isBefore(asked.from()) && at.isBefore(asked.to().plusSeconds(1));
        return overlap ? Place.NEXT_DOOR : Place.FAR_OUTSIDE;
    }

    private @Nullable Instant timeOf(Invocation invocation) {
        return switch (time) {
            case START -> invocation.startTime();
            case END -> invocation.endTime();
        };
    }
}
