package io.tidemark.source.functiongraph;

import io.tidemark.window.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

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
record FilterMeaning(Time time, Bound begin, Bound end, int samples) {

    /** The best guess before anybody has asked. */
    static final FilterMeaning ASSUMED =
            new FilterMeaning(Time.START, Bound.UNKNOWN, Bound.UNKNOWN, 0);

    /** The times of one record are never further apart: a day in the queue, three days running. */
    static final Duration LONGEST_INVOCATION = Duration.ofHours(96);

    // the source's grain: its query times have no fraction
    static final long GRAIN_SECONDS = 1;

    enum Time {
        START,
        END,
        /** None that a record shows, such as the time it was logged. */
        HIDDEN
    }

    enum Bound {
        INCLUDED,
        EXCLUDED,
        UNKNOWN
    }

    /**
     * As {@link #memory} wrote it.
     *
     * @throws IllegalArgumentException where it is something else
     */
    static FilterMeaning of(String memory) {
        String[] parts = memory.split(" ");
        if (parts.length != 4) {
            throw new IllegalArgumentException("not what a source filters: " + memory);
        }
        return new FilterMeaning(
                Time.valueOf(parts[0]),
                Bound.valueOf(parts[1]),
                Bound.valueOf(parts[2]),
                Integer.parseInt(parts[3]));
    }

    /** In four words, to be kept. */
    String memory() {
        return "%s %s %s %d".formatted(time, begin, end, samples);
    }

    /** For a person, on the plan. */
    String sentence() {
        if (!proven()) {
            return "What time the source filters by is not known yet; taken to be the start.";
        }
        String asked = " (%d record%s asked)".formatted(samples, samples == 1 ? "" : "s");
        return switch (time) {
            case START, END ->
                    "The source filters by %s time; begin %s, end %s%s."
                            .formatted(
                                    time.name().toLowerCase(Locale.ROOT),
                                    word(begin),
                                    word(end),
                                    asked);
            case HIDDEN -> "The source filters by a time that records do not show" + asked + ".";
        };
    }

    private static String word(Bound bound) {
        return switch (bound) {
            case INCLUDED -> "in";
            case EXCLUDED -> "out";
            case UNKNOWN -> "unknown";
        };
    }

    /** As a source is thought to be that contradicted what it had shown. */
    static FilterMeaning hidden(int samples) {
        return new FilterMeaning(Time.HIDDEN, Bound.UNKNOWN, Bound.UNKNOWN, samples);
    }

    /** Whether the source has shown that it is so. */
    boolean proven() {
        return samples > 0;
    }

    /** The times to ask for, so that the whole window is returned. */
    TimeRange asked(TimeRange window) {
        return new TimeRange(firstAsked(window.from()), lastAsked(window.to()));
    }

    /**
     * The times to ask for, to learn what the window before this one lists as well. Ends as the
     * list of that window does.
     */
    TimeRange justBefore(TimeRange window) {
        return new TimeRange(
                cut(window.from()).minusSeconds(2 * GRAIN_SECONDS), lastAsked(window.from()));
    }

    /**
     * The times to ask for, to learn what the window after this one lists as well. Begins as the
     * list of that window does.
     */
    TimeRange justAfter(TimeRange window) {
        return new TimeRange(firstAsked(window.to()), cut(window.to()).plusSeconds(GRAIN_SECONDS));
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

    private static Instant cut(Instant instant) {
        Instant second = instant.truncatedTo(ChronoUnit.SECONDS);
        return second.equals(instant) ? second : second.plusSeconds(GRAIN_SECONDS);
    }
}
