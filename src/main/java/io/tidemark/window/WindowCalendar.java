package io.tidemark.window;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts time into ranges that follow each other without gap or overlap, forwards and backwards from
 * an anchor. The ranges do not depend on which span of time is looked at, so that today's plan,
 * next year's and a backfill's speak of the same windows.
 *
 * @param anchor an instant at which a range begins
 * @param zone where days begin
 */
public record WindowCalendar(Every every, ZoneId zone, Instant anchor) {

    /**
     * A Monday that is also the first day of a month far in the past: the anchor of calendars whose
     * range begins at no fixed point.
     */
    private static final LocalDate COMMON_ANCHOR = LocalDate.of(1900, 1, 1);

    /** By when every zone counts in whole quarters of an hour. */
    private static final Instant MODERN = Instant.parse("2024-01-01T00:00:00Z");

    /**
     * The calendar of a job whose range has no fixed beginning: days, Mondays, first days of a
     * month; hours from midnight, by the standard time that the zone has had since {@link #MODERN}.
     */
    public static WindowCalendar anchoredCommonly(Every every, ZoneId zone) {
        return switch (every) {
            case Every.OfCalendar days -> anchoredInItsTime(every, zone);
            case Every.OfClock hours -> {
                ZoneId standard = zone.getRules().getStandardOffset(MODERN);
                yield new WindowCalendar(
                        every, zone, COMMON_ANCHOR.atStartOfDay(standard).toInstant());
            }
        };
    }

    /**
     * As {@link #anchoredCommonly}, by the time that the zone had in 1900: the local mean time of
     * its capital, where hours begin 54 minutes and 17 seconds past. States of earlier versions are
     * cut so.
     */
    public static WindowCalendar anchoredInItsTime(Every every, ZoneId zone) {
        return new WindowCalendar(every, zone, COMMON_ANCHOR.atStartOfDay(zone).toInstant());
    }

    /** Whether it is one of the ranges. */
    public boolean cuts(TimeRange range) {
        return within(range).equals(List.of(range));
    }

    /** The ranges that lie wholly within the span, in order of time. */
    public List<TimeRange> within(TimeRange span) {
        List<TimeRange> ranges = new ArrayList<>();
        long index = firstIndexNotBefore(span.from());
        Instant from = boundary(index);
        while (true) {
            Instant to = boundary(++index);
            if (to.isAfter(span.to())) {
                return ranges;
            }
            if (from.isBefore(to)) { // a zone can skip a whole day: no range is empty
                ranges.add(new TimeRange(from, to));
            }
            from = to;
        }
    }

    private Instant boundary(long index) {
        return every.shift(anchor, index, zone);
    }

    /** Boundaries never fall, so that they can be searched by halving. */
    private long firstIndexNotBefore(Instant instant) {
        long low = -1;
        while (!boundary(low).isBefore(instant)) {
            low *= 2;
        }
        long high = 1;
        while (boundary(high).isBefore(instant)) {
            high *= 2;
        }
        while (high - low > 1) {
            long middle = (low + high) / 2;
            if (boundary(middle).isBefore(instant)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }
}
