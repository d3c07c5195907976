package io.tidemark.source.functiongraph;

import io.tidemark.record.Row;
import io.tidemark.record.Rows;
import io.tidemark.record.Times;
import io.tidemark.source.Answer;
import io.tidemark.source.Failure;
import io.tidemark.source.functiongraph.FilterMeaning.Bound;
import io.tidemark.source.functiongraph.FilterMeaning.Time;
import io.tidemark.source.http.Outcome;
import io.tidemark.source.http.Trouble;
import io.tidemark.window.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out what the window of a source filters, by asking: records that ran for some seconds are
 * asked for by their ids in narrow windows around their starts and their ends.
 *
 * <p>Costs a page a function that records are taken from, two questions a record and two for the
 * bounds: about a dozen in all.
 */
final class Calibration {
    /** An idle project is not asked through for a record to learn from. */
    private static final int MOST_FUNCTIONS = 20;

    /** One record may have been logged in the second it started in; so many have not all. */
    private static final int MOST_SAMPLES = 6;

    /** So long that the windows around start and end have nothing in common. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(5);

    /** Longer than any invocation: a time that is none. */
    private static final Duration TOO_LONG = Duration.ofHours(96);

    private final Api api;
    private final int pageSize;

    Calibration(Api api, int pageSize) {
        this.api = api;
        this.pageSize = pageSize;
    }

    /** A record with its times in whole seconds. */
    private record Sample(
            FunctionUrn function, String requestId, Instant start, Instant end, boolean whole) {
        Instant at(Time time) {
            return time == Time.START ? start : end;
        }
    }

    /** The source did not answer; what it would have meant stays unknown. */
    private static final class Unanswered extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Failure failure;

        private Unanswered(Failure failure) {
            super(failure.message(), null, false, false);
            this.failure = failure;
        }
    }

    /**
     * @param functions to take records from, until there are enough
     * @param range in which
     * @return {@link FilterMeaning#ASSUMED} where no record is there that tells, or the source does
     *     not give single records by time; a failure where it can be asked nothing at all
     */
    Answer<FilterMeaning> ask(List<FunctionUrn> functions, TimeRange range) {
        TimeRange asked = FilterMeaning.ASSUMED.asked(range);
        List<Sample> samples = new ArrayList<>();
        try {
            for (FunctionUrn function : functions.stream().limit(MOST_FUNCTIONS).toList()) {
                try {
                    samples.addAll(samples(function, asked));
                } catch (Unanswered aboutThisFunction) {
                    if (aboutThisFunction.failure.reach() == Failure.Reach.RUN) {
                        throw aboutThisFunction;
                    }
                }
                if (samples.size() >= MOST_SAMPLES) {
                    break;
                }
            }
            return new Answer.Ok<>(
                    samples.isEmpty()
                            ? FilterMeaning.ASSUMED
                            : meaning(samples.stream().limit(MOST_SAMPLES).toList()));
        } catch (Unanswered unanswered) {
            return unanswered.failure.reach() == Failure.Reach.RUN
                    ? new Answer.Failed<>(unanswered.failure)
                    : new Answer.Ok<>(FilterMeaning.ASSUMED);
        }
    }

    private FilterMeaning meaning(List<Sample> samples) throws Unanswered {
        Sample first = samples.getFirst();
        boolean byStart = isListedAround(first, Time.START);
        boolean byEnd = isListedAround(first, Time.END);
        if (byStart && byEnd) {
            return FilterMeaning.ASSUMED; // single records are listed whatever the window
        }
        if (!byStart && !byEnd) {
            boolean isListed =
                    isListed(first, first.start().minus(TOO_LONG), first.end().plus(TOO_LONG));
            return isListed ? FilterMeaning.hidden(1) : FilterMeaning.ASSUMED;
        }
        Time time = byStart ? Time.START : Time.END;
        for (Sample sample : samples) {
            Instant at = sample.at(time);
            if (isListed(sample, at.minus(TOO_LONG), at.minusSeconds(1))
                    || !isListedAround(sample, time)) {
                return FilterMeaning.hidden(samples.size());
            }
        }
        Optional<Sample> whole = samples.stream().filter(Sample::whole).findFirst();
        return new FilterMeaning(
                time,
                whole.isEmpty() ? Bound.UNKNOWN : bound(whole.get(), whole.get().at(time), 0, 2),
                whole.isEmpty() ? Bound.UNKNOWN : bound(whole.get(), whole.get().at(time), -2, 0),
                samples.size());
    }

    private Bound bound(Sample sample, Instant at, int from, int to) throws Unanswered {
        return isListed(sample, at.plusSeconds(from), at.plusSeconds(to))
                ? Bound.INCLUDED
                : Bound.EXCLUDED;
    }

    private boolean isListedAround(Sample sample, Time time) throws Unanswered {
        Instant at = sample.at(time);
        return isListed(sample, at.minusSeconds(1), at.plusSeconds(1));
    }

    private boolean isListed(Sample sample, Instant from, Instant to) throws Unanswered {
        String id = sample.requestId();
        return page(PageRequest.single(sample.function(), new TimeRange(from, to), id)).indexOf(id)
                >= 0;
    }

    private List<Sample> samples(FunctionUrn function, TimeRange asked) throws Unanswered {
        Rows rows = new Rows(Invocations.SCHEMA);
        page(PageRequest.first(function, asked, pageSize))
                .normalise(Placement.HERE, rows, new ArrayList<>());
        List<Sample> samples = new ArrayList<>();
        Row row = new Row(Invocations.SCHEMA, function.feed().values());
        for (int at = 0; at < rows.size() && samples.size() < MOST_SAMPLES; at += row.length()) {
            sample(row.at(rows.data(), at), function).ifPresent(samples::add);
        }
        return samples;
    }

    private static Optional<Sample> sample(Row row, FunctionUrn function) {
        if (row.isNull(Invocations.START_TIME) || row.isNull(Invocations.END_TIME)) {
            return Optional.empty();
        }
        Instant start = Times.instant(row.number(Invocations.START_TIME));
        Instant end = Times.instant(row.number(Invocations.END_TIME));
        Duration ran = Duration.between(start, end);
        if (ran.compareTo(LONG_ENOUGH) < 0 || ran.compareTo(TOO_LONG) > 0) {
            return Optional.empty();
        }
        return Optional.of(
                new Sample(
                        function,
                        row.id(),
                        start.truncatedTo(ChronoUnit.SECONDS),
                        end.truncatedTo(ChronoUnit.SECONDS),
                        start.getNano() == 0 && end.getNano() == 0));
    }

    private RawPage page(PageRequest request) throws Unanswered {
        return switch (api.page(request)) {
            case Outcome.Ok<RawPage>(RawPage page) -> page;
            case Outcome.Failed<RawPage>(Trouble trouble) ->
                    throw new Unanswered(trouble.failure());
        };
    }
}
