package io.tidemark.source;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.invocation.Invocation;
import io.tidemark.window.FilterMeaning;
import io.tidemark.window.FilterMeaning.Bound;
import io.tidemark.window.FilterMeaning.Time;
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
public final class Calibration {
    /** An idle project is not asked through for a record to learn from. */
    private static final int MOST_FUNCTIONS = 20;

    /** One record may have been logged in the second it started in; so many have not all. */
    private static final int MOST_SAMPLES = 6;

    /** So long that the windows around start and end have nothing in common. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(5);

    /** Longer than any invocation: a time that is none. */
    private static final Duration TOO_LONG = Duration.ofHours(96);

    private final InvocationSource source;
    private final int pageSize;

    public Calibration(InvocationSource source, int pageSize) {
        this.source = source;
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
    public Answer<FilterMeaning> ask(List<FunctionUrn> functions, TimeRange range) {
        TimeRange asked = FilterMeaning.ASSUMED.asked(range);
        List<Sample> samples = new ArrayList<>();
        try {
            for (FunctionUrn function : functions.stream().limit(MOST_FUNCTIONS).toList()) {
                try {
                    samples.addAll(samples(function, asked));
                } catch (Unanswered aboutThisFunction) {
                    if (aboutThisFunction.failure.scope() == Failure.Scope.RUN) {
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
            return unanswered.failure.scope() == Failure.Scope.RUN
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
        return page(PageRequest.single(sample.function(), new TimeRange(from, to), id))
                .record(id)
                .isPresent();
    }

    private List<Sample> samples(FunctionUrn function, TimeRange asked) throws Unanswered {
        return page(PageRequest.first(function, asked, pageSize)).records().stream()
                .flatMap(record -> sample(record, function).stream())
                .limit(MOST_SAMPLES)
                .toList();
    }

    private static Optional<Sample> sample(RawInvocation record, FunctionUrn function) {
        if (!(Normaliser.normalise(record, function)
                        instanceof Normalised.Exported(Invocation invocation))
                || invocation.startTime() == null
                || invocation.endTime() == null) {
            return Optional.empty();
        }
        Duration ran = Duration.between(invocation.startTime(), invocation.endTime());
        if (ran.compareTo(LONG_ENOUGH) < 0 || ran.compareTo(TOO_LONG) > 0) {
            return Optional.empty();
        }
        return Optional.of(
                new Sample(
                        function,
                        invocation.requestId(),
                        invocation.startTime().truncatedTo(ChronoUnit.SECONDS),
                        invocation.endTime().truncatedTo(ChronoUnit.SECONDS),
                        invocation.startTime().getNano() == 0
                                && invocation.endTime().getNano() == 0));
    }

    private Page page(PageRequest request) throws Unanswered {
        return switch (source.page(request)) {
            case Answer.Ok<Page>(Page page) -> page;
            case Answer.Failed<Page>(Failure failure) -> throw new Unanswered(failure);
        };
    }
}
