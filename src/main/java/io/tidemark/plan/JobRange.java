package io.tidemark.plan;

import io.tidemark.job.TimeBound;
import io.tidemark.job.WindowSpec;
import io.tidemark.window.TimeRange;
import io.tidemark.window.WindowCalendar;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The span of time a plan looks at, and the calendar that cuts it.
 *
 * <p>The calendar belongs to the job and not to the span, so that a backfill with {@code --from}
 * speaks of the same windows as the nightly run: it begins to count at the job's {@code from} where
 * that is a date or an instant, else at midnight, Monday or the first day of the month.
 *
 * @param from where the span begins
 * @param to where it ends; not after {@code from} where nothing in it has ended yet
 */
public record JobRange(Instant from, Instant to, WindowCalendar calendar) {

    /**
     * @param from in place of the job's, where given
     * @param to in place of the job's, where given
     * @throws PlanningException where the span would be empty
     */
    public static JobRange of(
            WindowSpec spec, Optional<TimeBound> from, Optional<TimeBound> to, Instant asOf)
            throws PlanningException {
        Instant begin = from.orElse(spec.from()).resolve(asOf, spec.zone());
        Instant end = to.orElse(spec.to()).resolve(asOf, spec.zone());
        if (!begin.isBefore(end)) {
            throw new PlanningException(
                    "the range from %s to %s is empty: `from` must be before `to`"
                            .formatted(begin, end));
        }
        return new JobRange(begin, min(end, asOf.minus(spec.lag())), calendar(spec, asOf));
    }

    /** The whole windows in the span, in order of time. */
    public List<TimeRange> windows() {
        return from.isBefore(to) ? calendar.within(new TimeRange(from, to)) : List.of();
    }

    /**
     * The same span, cut as an earlier version did where these windows were.
     *
     * @param known of the job, in whatever order; looked at only where that version cut otherwise
     */
    public JobRange goingOnWith(Stream<TimeRange> known) {
        WindowCalendar former = WindowCalendar.anchoredInItsTime(calendar.every(), calendar.zone());
        boolean isCommon =
                calendar.equals(WindowCalendar.anchoredCommonly(calendar.every(), calendar.zone()));
        return isCommon
                        && !former.equals(calendar)
                        && known.anyMatch(range -> former.cuts(range) && !calendar.cuts(range))
                ? new JobRange(from, to, former)
                : this;
    }

    private static WindowCalendar calendar(WindowSpec spec, Instant asOf) {
        return switch (spec.from()) {
            case TimeBound.OnDate date ->
                    new WindowCalendar(spec.every(), spec.zone(), date.resolve(asOf, spec.zone()));
            case TimeBound.AtInstant instant ->
                    new WindowCalendar(spec.every(), spec.zone(), instant.instant());
            case TimeBound.Back back -> WindowCalendar.anchoredCommonly(spec.every(), spec.zone());
            case TimeBound.Now now -> WindowCalendar.anchoredCommonly(spec.every(), spec.zone());
        };
    }

    private static Instant min(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
