package io.tidemark.run;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.plan.Action;
import io.tidemark.plan.Plan;
import io.tidemark.plan.Warning;
import io.tidemark.source.Answer;
import io.tidemark.source.InvocationSource;
import io.tidemark.source.Next;
import io.tidemark.source.Page;
import io.tidemark.source.PageRequest;
import io.tidemark.source.Paging;
import io.tidemark.source.Position;
import io.tidemark.job.SourceSpec;
import io.tidemark.window.FilterMeaning;
import io.tidemark.window.TimeRange;
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
public final class SourceWarnings {
    /** What the vendor documents: 1 to 365 days, and 30 where nothing else is set. */
    private static final Duration SHORTEST_RETENTION = Duration.ofDays(1);

    private static final Duration USUAL_RETENTION = Duration.ofDays(30);
    private static final Duration LONGEST_RETENTION = Duration.ofDays(365);

    /** About the oldest records; at the usual budget ten seconds. */
    private static final int MOST_QUESTIONS = 200;

    private final InvocationSource source;
    private final SourceSpec spec;
    private final Persistence persistence;
    private int questions;

    public SourceWarnings(InvocationSource source, SourceSpec spec, Persistence persistence) {
        this.source = source;
        this.spec = spec;
        this.persistence = persistence;
    }

    /** The plan with its warnings. */
    public Plan warn(Plan estimated) {
        Map<FunctionUrn, List<Action>> read =
                estimated.actions().stream()
                        .filter(action -> action.kind().readsSource())
                        .collect(
                                Collectors.groupingBy(
                                        action -> action.window().function(),
                                        TreeMap::new,
                                        Collectors.toList()));
        List<Warning> warnings = new ArrayList<>();
        List<List<Action>> recorded = new ArrayList<>();
        read.forEach((function, actions) -> {
            if (listsNothing(actions) && persistence.isOff(function)) {
                warnings.add(new Warning.PersistenceOff(function));
            } else {
                recorded.add(actions);
            }
        });
        retention(estimated.asOf(), recorded).ifPresent(warnings::add);
        return estimated.withWarnings(warnings);
    }

    private static boolean listsNothing(List<Action> actions) {
        return actions.stream().allMatch(action -> action.estimate().records().orElse(1) == 0);
    }

    private Optional<Warning> retention(Instant asOf, List<List<Action>> functions) {
        List<List<Action>> first =
                functions.stream()
                        .map(SourceWarnings::neverExported)
                        .filter(actions -> !actions.isEmpty())
                        // who has many records has old ones: it spares questions to the others
                        .sorted(Comparator.comparingLong(SourceWarnings::records).reversed())
                        .toList();
        Optional<Instant> begin =
                first.stream()
                        .map(actions -> actions.getFirst().window().from())
                        .min(Comparator.naturalOrder());
        if (begin.isEmpty() || !begin.get().isBefore(asOf.minus(SHORTEST_RETENTION))) {
            return Optional.empty();
        }
        Instant end =
                first.stream()
                        .map(actions -> actions.getLast().window().to())
                        .max(Comparator.naturalOrder())
                        .orElseThrow();
        Instant listedFrom = end;
        for (List<Action> actions : first) {
            if (questions >= MOST_QUESTIONS) {
                break;
            }
            listedFrom = oldest(actions, listedFrom);
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
                new Warning.Retention(
                        begin.get(),
                        listedFrom,
                        begin.get().isBefore(asOf.minus(LONGEST_RETENTION))));
    }

    private static List<Action> neverExported(List<Action> actions) {
        return actions.stream()
                .filter(action -> action.cause() == Action.Cause.NEVER_EXPORTED)
                .toList();
    }

    private static long records(Collection<Action> actions) {
        return actions.stream().mapToLong(action -> action.estimate().records().orElse(0)).sum();
    }

    /** Where the first window of a function begins that holds a record; at most {@code before}. */
    private Instant oldest(List<Action> actions, Instant before) {
        List<Window> windows =
                actions.stream()
                        .filter(this::mayHoldRecords)
                        .map(Action::window)
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
    private boolean mayHoldRecords(Action action) {
        return !spec.statuses().isEmpty() || !action.estimate().isNothing();
    }

    /** Whether anything is listed from a window on; where nobody knows, something may be. */
    private boolean holdsRecords(Window from, Instant to) {
        questions++;
        // a second more or less makes no difference here
        TimeRange asked = FilterMeaning.ASSUMED.asked(new TimeRange(from.from(), to));
        return switch (source.page(PageRequest.first(from.function(), asked, 1))) {
            case Answer.Failed<Page> failed -> true;
            case Answer.Ok<Page>(Page page) ->
                    !page.records().isEmpty()
                            || Paging.after(Position.START, page, 1, 0) instanceof Next.At;
        };
    }
}
