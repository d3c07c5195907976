package io.tidemark.plan;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.SourceIdentity;
import io.tidemark.ledger.Verdict;
import io.tidemark.spec.JobSpec;
import io.tidemark.window.Every;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides what is to be done to each window of a job. */
public final class Planner {
    private final JobSpec job;
    private final Instant asOf;
    private final SourceIdentity identity;

    /**
     * @param asOf what "now" means, the same for every window
     */
    public Planner(JobSpec job, Instant asOf) {
        this.job = job;
        this.asOf = asOf;
        this.identity = SourceIdentity.of(job.source());
    }

    /**
     * @param functions whose windows to plan
     * @param range in which span; only windows that lie wholly in it and have ended are planned
     * @param ledger what is known of the job's windows, at least of those functions
     * @throws PlanningException where the ledger's windows cut time in another way than the job
     */
    public Plan plan(Collection<FunctionUrn> functions, JobRange range, Collection<Entry> ledger)
            throws PlanningException {
        Map<Window, Entry> known = new HashMap<>();
        Map<FunctionUrn, List<TimeRange>> cuts = new HashMap<>();
        for (Entry entry : ledger) {
            known.put(entry.window(), entry);
            cuts.computeIfAbsent(entry.window().function(), f -> new ArrayList<>())
                    .add(entry.window().range());
        }
        List<TimeRange> ranges = range.windows();
        List<Action> actions = new ArrayList<>();
        long keep = 0;
        for (FunctionUrn function : functions.stream().sorted().toList()) {
            refuseOtherCuts(function, ranges, cuts.getOrDefault(function, List.of()));
            for (TimeRange windowRange : ranges) {
                Window window = new Window(function, windowRange);
                Action action = decide(window, Optional.ofNullable(known.get(window)));
                if (action.kind() == Action.Kind.KEEP) {
                    keep++;
                } else {
                    actions.add(action);
                }
            }
        }
        return new Plan(job.name(), asOf, actions, keep);
    }

    private Action decide(Window window, Optional<Entry> known) {
        if (known.isEmpty()) {
            return action(Action.Kind.EXPORT, window, 1, "never exported");
        }
        Entry entry = known.get();
        if (entry.attempt().isPresent()) {
            Entry.Attempt attempt = entry.attempt().get();
            return action(
                    Action.Kind.RESUME,
                    window,
                    attempt.generation(),
                    attempt.failure().map(why -> "failed: " + why).orElse("interrupted"));
        }
        Entry.Exported exported = entry.exported().orElseThrow();
        return reasonToRefresh(window, exported)
                .map(reason ->
                        action(Action.Kind.REFRESH, window, exported.generation() + 1, reason))
                .orElseGet(
                        () -> action(Action.Kind.KEEP, window, exported.generation(), "exported"));
    }

    private Optional<String> reasonToRefresh(Window window, Entry.Exported exported) {
        Optional<String> changed = exported.sourceIdentity().firstDifference(identity);
        if (changed.isPresent()) {
            return Optional.of(changed.get() + " changed in the job file");
        }
        if (exported.verdict().kind() == Verdict.Kind.INCOMPLETE) {
            return Optional.of("incomplete: " + exported.verdict().reason());
        }
        if (exported.open() > 0 && !settlePassed(window)) {
            return Optional.of(
                    exported.open() == 1
                            ? "1 record was still open"
                            : exported.open() + " records were still open");
        }
        return Optional.empty();
    }

    private boolean settlePassed(Window window) {
        Optional<Every> settle = job.window().settle();
        return settle.isEmpty()
                || !settle.get().shift(window.to(), 1, job.window().zone()).isAfter(asOf);
    }

    private static void refuseOtherCuts(
            FunctionUrn function, List<TimeRange> planned, List<TimeRange> known)
            throws PlanningException {
        int next = 0;
        for (TimeRange old : known.stream().sorted().toList()) {
            while (next < planned.size() && !planned.get(next).to().isAfter(old.from())) {
                next++;
            }
            if (next < planned.size()
                    && planned.get(next).overlaps(old)
                    && !planned.get(next).equals(old)) {
                throw new PlanningException(
                        "%s: the ledger has the window %s, which the job file now cuts as %s: `window.every`, `zone` or the phase of `from` has changed; put it back, or drop the old windows with `tidemark state forget`"
                                .formatted(function.qualifiedName(), old, planned.get(next)));
            }
        }
    }

    private static Action action(Action.Kind kind, Window window, int generation, String reason) {
        return new Action(kind, window, generation, reason, Estimate.UNKNOWN);
    }
}
