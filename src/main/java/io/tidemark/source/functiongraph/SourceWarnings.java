package io.tidemark.source.functiongraph;

import io.tidemark.job.SourceSpec;
import io.tidemark.source.http.Outcome;
import io.tidemark.window.Estimate;
import io.tidemark.window.Feed;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Warning;
import io.tidemark.window.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Finds out whether the source may list less than there was: because it records nothing of a
 * function, or because it has forgotten. Asks only where that is possible: about the persistence of
 * functions without any record in the plan, and about the oldest records where a window that was
 * never exported lies further back than the shortest retention reaches.
 */
final class SourceWarnings {
    /** What the vendor documents: 1 to 365 days, and 30 where nothing else is set. */
    private static final Duration SHORTEST_RETENTION = Duration.ofDays(1);

    private static final Duration USUAL_RETENTION = Duration.ofDays(30);
    private static final Duration LONGEST_RETENTION = Duration.ofDays(365);

    /** About the oldest records; at the usual budget ten seconds. */
    private static final int MOST_QUESTIONS = 200;

    private final Api api;
    private final SourceSpec spec;
    private final Persistence persistence;
    private int questions;

    SourceWarnings(Api api, SourceSpec spec, Persistence persistence) {
        this.api = api;
        this.spec = spec;
        this.persistence = persistence;
    }

    /**
     * A window that would be read.
     *
     * @param first whether it was never exported
     */
    record Wanted(Window window, Estimate estimate, boolean first) {}

    /**
     * @param toRead in the order of functions and time
     */
    List<Warning> warnings(Instant asOf, List<Wanted> toRead) {
        Map<Feed, List<Wanted>> read =
                toRead.stream()
                        .collect(
                                Collectors.groupingBy(
                                        wanted -> wanted.window().feed(),
                                        TreeMap::new,
                                        Collectors.toList()));
        List<Warning> warnings = new ArrayList<>();
        List<List<Wanted>> recorded = new ArrayList<>();
        read.forEach((feed, wanted) -> {
            if (listsNothing(wanted) && persistence.isOff(FunctionUrn.of(feed))) {
                warnings.add(new Warning.NothingRecorded(feed));
            } else {
                recorded.add(wanted);
            }
        });
        retention(asOf, recorded).ifPresent(warnings::add);
        return warnings;
    }

    private static boolean listsNothing(List<Wanted> wanted) {
        return wanted.stream().allMatch(one -> one.estimate().records().orElse(1) == 0);
    }

    private Optional<Warning> retention(Instant asOf, List<List<Wanted>> functions) {
        List<List<Wanted>> first =
                functions.stream()
                        .map(SourceWarnings::neverExported)
                        .filter(wanteds -> !wanteds.isEmpty())
                        // who has many records has old ones: it spares questions to the others
                        .sorted(Comparator.comparingLong(SourceWarnings::records).reversed())
                        .toList();
        Optional<Instant> begin =
                first.stream()
                        .map(wanted -> wanted.getFirst().window().from())
                        .min(Comparator.naturalOrder());
        if (begin.isEmpty() || !begin.get().isBefore(asOf.minus(SHORTEST_RETENTION))) {
            return Optional.empty();
        }
        Instant end =
                first.stream()
                        .map(wanted -> wanted.getLast().window().to())
                        .max(Comparator.naturalOrder())
                        .orElseThrow();
        Instant listedFrom = end;
        for (List<Wanted> wanted : first) {
            if (questions >= MOST_QUESTIONS) {
                break;
            }
            listedFrom = oldest(wanted, listedFrom);
            if (!listedFrom.isAfter(begin.get())) {
                return Optional.empty();
            }
        }
        // where nothing at all is listed, only the usual retention says that something is gone
        boolean isWorthAWord =
                listedFrom.isBefore(end) || begin.get().isBefore(asOf.minus(USUAL_RETENTION));
        if (!isWorthAWord || listedFrom.isBefore(begin.get().plus(SHORTEST_RETENTION))) {
            return Optional.empty();
        }
        return Optional.of(
                new Warning.Forgotten(
                        begin.get(),
                        listedFrom,
                        begin.get().isBefore(asOf.minus(LONGEST_RETENTION))));
    }

    private static List<Wanted> neverExported(List<Wanted> wanted) {
        return wanted.stream().filter(Wanted::first).toList();
    }

    private static long records(Collection<Wanted> wanted) {
        return wanted.stream().mapToLong(one -> one.estimate().records().orElse(0)).sum();
    }

    /** Where the first window of a function begins that holds a record; at most {@code before}. */
    private Instant oldest(List<Wanted> wanted, Instant before) {
        List<Window> windows =
                wanted.stream()
                        .filter(this::mayHoldRecords)
                        .map(Wanted::window)
                        .filter(window -> window.from().isBefore(before))
                        .toList();
        if (windows.isEmpty()) {
            return before;
        }
        Window first = windows.getFirst();
        if (holdsRecords(first, first.to())) {
            return first.from();
        }
        int last = windows.size() - 1;
        if (last == 0 || !holdsRecords(first, windows.get(last).to())) {
            return before;
        }
        int empty = 0; // up to the end of this one there is nothing
        while (last - empty > 1) {
            int middle = (empty + last) / 2;
            if (holdsRecords(first, windows.get(middle).to())) {
                last = middle;
            } else {
                empty = middle;
            }
        }
        return windows.get(last).from();
    }

    /** An estimate of none was shown by the source, though only for the statuses of the job. */
    private boolean mayHoldRecords(Wanted wanted) {
        return !spec.statuses().isEmpty() || !wanted.estimate().isNothing();
    }

    /** Whether anything is listed from a window on; where nobody knows, something may be. */
    private boolean holdsRecords(Window from, Instant to) {
        questions++;
        // a second more or less makes no difference here
        TimeRange asked = FilterMeaning.ASSUMED.asked(new TimeRange(from.from(), to));
        PageRequest first = PageRequest.first(FunctionUrn.of(from.feed()), asked, 1);
        return switch (api.page(first)) {
            case Outcome.Failed<RawPage> failed -> true;
            case Outcome.Ok<RawPage>(RawPage page) ->
                    page.size() > 0
                            || Paging.after(Position.START, page, 1, 1, 0) instanceof Next.At;
        };
    }
}
