package io.tidemark.plan;

import io.tidemark.job.JobSpec;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.SourceIdentity;
import io.tidemark.ledger.Verdict;
import io.tidemark.window.Estimate;
import io.tidemark.window.Every;
import io.tidemark.window.Feed;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Decides what is to be done to each window of a job. */
public final class Planner {
    private final JobSpec job;
    private final Instant asOf;
    private final SourceIdentity identity;

    /**
     * @param asOf what "now" means, the same for every window
     * @param identity what decides which records a window holds, as it is now
     */
    public Planner(JobSpec job, Instant asOf, SourceIdentity identity) {
        this.job = job;
        this.asOf = asOf;
        this.identity = identity;
    }

    /**
     * @param feeds whose windows to plan
     * @param range in which span; only windows that lie wholly in it and have ended are planned
     * @param ledger what is known of the job's windows, at least of those feeds
     * @param differences what was observed in the sinks, of windows that are exported; none where
     *     nobody looked
     * @throws PlanningException where the ledger's windows cut time in another way than the job
     */
    public Plan plan(
            Collection<Feed> feeds,
            JobRange range,
            Collection<Entry> ledger,
            Map<Window, List<Difference>> differences)
            throws PlanningException {
        Map<Window, Entry> known = new HashMap<>();
        Map<Feed, List<TimeRange>> cuts = new HashMap<>();
        for (Entry entry : ledger) {
            known.put(entry.window(), entry);
            cuts.computeIfAbsent(entry.window().feed(), f -> new ArrayList<>())
                    .add(entry.window().range());
        }
        List<TimeRange> ranges = range.windows();
        List<Action> actions = new ArrayList<>();
        long unchanged = 0;
        long closed = 0;
        for (Feed feed : feeds.stream().sorted().toList()) {
            refuseOtherCuts(feed, ranges, cuts.getOrDefault(feed, List.of()));
            for (TimeRange windowRange : ranges) {
                Window window = new Window(feed, windowRange);
                Entry entry = known.get(window);
                Action action =
                        entry == null
                                ? action(Action.Cause.NEVER_EXPORTED, window, 1, "never exported")
                                : decide(
                                        window, entry, differences.getOrDefault(window, List.of()));
                if (action.kind() == Action.Kind.UNCHANGED) {
                    unchanged++;
                    closed += entry != null && isOpen(entry) ? 1 : 0;
                } else {
                    actions.add(action);
                }
            }
        }
        return new Plan(
                job.name(), asOf, actions, unchanged, closed, job.source().requestsPerSecond());
    }

    /**
     * @param window with the feed as the source or the job spells it
     */
    private Action decide(Window window, Entry entry, List<Difference> differences)
            throws PlanningException {
        if (entry.attempt().isPresent()) {
            Entry.Attempt attempt = entry.attempt().get();
            String how = attempt.failure().map(why -> "failed: " + why).orElse("interrupted");
            Optional<String> changed = attempt.sourceIdentity().firstDifference(identity);
            return changed.isEmpty()
                    ? action(Action.Cause.UNFINISHED, window, attempt.number(), how)
                    : action(
                            Action.Cause.UNFINISHED,
                            window,
                            attempt.number() + 1,
                            change(changed.get()) + ": begins anew");
        }
        Entry.Export exported = entry.exported().orElseThrow();
        int again = exported.attempt() + 1;
        if (exported.sourceIdentity().differsIn(SourceIdentity.ZONE, identity)) {
            throw new PlanningException(
                    "%s: window.zone has changed since this was exported, so that its files would stand under other dates a second time; put it back, or move the files away and drop the windows with `tidemark state forget`"
                            .formatted(window));
        }
        Optional<String> changed = exported.sourceIdentity().firstDifference(identity);
        if (changed.isPresent()) {
            return action(Action.Cause.JOB_CHANGED, window, again, change(changed.get()));
        }
        if (exported.verdict().kind() == Verdict.Kind.INCOMPLETE) {
            return action(
                    Action.Cause.INCOMPLETE,
                    window,
                    again,
                    "incomplete: " + exported.verdict().reason());
        }
        if (!settlePassed(window) && job.source().hidesOpenRecords()) {
            return action(
                    Action.Cause.OPEN_RECORDS_UNSEEN,
                    window,
                    again,
                    "source.statuses hides open records, and settle has not passed");
        }
        if (!settlePassed(window) && exported.open() > 0) {
            String open =
                    exported.open() == 1
                            ? "1 record was still open"
                            : "%,d records were still open".formatted(exported.open());
            return differences.isEmpty()
                    ? action(Action.Cause.OPEN_RECORDS, window, again, open)
                    : action(
                            Action.Cause.OPEN_RECORDS_AND_SINKS_DIFFER,
                            window,
                            again,
                            open + "; " + sentence(differences));
        }
        return differences.isEmpty()
                ? action(Action.Cause.FINE, window, exported.attempt(), "exported")
                : republish(window, exported, differences);
    }

    private static String change(String setting) {
        if (setting.contains(".")) {
            return setting + " changed in the job file";
        }
        return setting.equals(SourceIdentity.COLUMNS)
                ? "this version knows other columns"
                : "what the source %s was not known when this was read".formatted(setting);
    }

    private static Action republish(
            Window window, Entry.Export exported, List<Difference> differences) {
        return new Action(
                Action.Cause.SINKS_DIFFER,
                window,
                exported.attempt(),
                sentence(differences),
                differences.stream().map(Difference::sink).toList(),
                Estimate.of(exported.records(), 0));
    }

    private static String sentence(List<Difference> differences) {
        return differences.stream()
                .map(difference -> difference.sink() + ": " + difference.what())
                .collect(Collectors.joining("; "));
    }

    private static boolean isOpen(Entry entry) {
        return entry.exported().filter(exported -> exported.open() > 0).isPresent();
    }

    private boolean settlePassed(Window window) {
        Optional<Every> settle = job.window().settle();
        return settle.isEmpty()
                || !settle.get().shift(window.to(), 1, job.window().zone()).isAfter(asOf);
    }

    private static void refuseOtherCuts(Feed feed, List<TimeRange> planned, List<TimeRange> known)
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
                                .formatted(feed.name(), old, planned.get(next)));
            }
        }
    }

    private static Action action(Action.Cause cause, Window window, int attempt, String reason) {
        return new Action(cause, window, attempt, reason, List.of(), Estimate.UNKNOWN);
    }
}
