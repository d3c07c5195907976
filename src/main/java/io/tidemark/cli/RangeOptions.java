package io.tidemark.cli;

import io.tidemark.job.FeedSelector;
import io.tidemark.job.TimeBound;
import io.tidemark.job.WindowSpec;
import io.tidemark.ledger.Entry;
import io.tidemark.plan.JobRange;
import io.tidemark.plan.PlanningException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which part of a job a command is about. */
final class RangeOptions {
    @Option(
            names = "--from",
            paramLabel = "T",
            converter = Bound.class,
            description =
                    "Begin here instead of at the job's `from`: a date, an instant or a "
                            + "period back from now such as -P90D. Earlier than the job's: a backfill "
                            + "into the same state.")
    private @Nullable TimeBound from;

    @Option(
            names = "--to",
            paramLabel = "T",
            converter = Bound.class,
            description = "End here instead of at the job's `to`.")
    private @Nullable TimeBound to;

    @Option(
            names = "--function",
            paramLabel = "GLOB",
            description =
                    "Only functions of the job whose package:name fits this glob, or with "
                            + "this URN; may be repeated.")
    private List<String> functions = new ArrayList<>();

    /** Whether anything narrows the job. */
    boolean isGiven() {
        return from != null || to != null || !functions.isEmpty();
    }

    JobRange range(WindowSpec spec, Instant asOf) throws Refusal {
        try {
            return JobRange.of(spec, Optional.ofNullable(from), Optional.ofNullable(to), asOf);
        } catch (PlanningException empty) {
            throw new Refusal(empty.getMessage());
        }
    }

    /** Empty where all functions of the job are meant. */
    List<FeedSelector> functions() {
        return functions.stream().map(FeedSelector::of).toList();
    }

    /** Of these entries the ones that were asked for; all of them where nothing was. */
    List<Entry> pick(List<Entry> entries, WindowSpec spec) {
        Instant now = Instant.now();
        Optional<Instant> begin = Optional.ofNullable(from).map(t -> t.resolve(now, spec.zone()));
        Optional<Instant> end = Optional.ofNullable(to).map(t -> t.resolve(now, spec.zone()));
        List<FeedSelector> only = functions();
        return entries.stream()
                .filter(entry ->
                        only.isEmpty()
                                || only.stream().anyMatch(s -> s.matches(entry.window().feed())))
                .filter(entry -> begin.isEmpty() || !entry.window().from().isBefore(begin.get()))
                .filter(entry -> end.isEmpty() || !entry.window().to().isAfter(end.get()))
                .toList();
    }

    static final class Bound implements ITypeConverter<TimeBound> {
        @Override
        public TimeBound convert(String text) {
            return TimeBound.parse(text)
                    .orElseThrow(() ->
                            new TypeConversionException(
                                    "'%s' is no time: give a date (2026-10-01), an instant (2026-10-01T06:00:00Z), a period back from now (-P30D) or now"
                                            .formatted(text)));
        }
    }
}
