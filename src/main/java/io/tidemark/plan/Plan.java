package io.tidemark.plan;

import io.tidemark.window.Estimate;
import io.tidemark.window.Warning;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What would change.
 *
 * @param asOf the instant that "now" means in this plan
 * @param actions what there is to do, by function and time; windows that need nothing are only
 *     counted
 * @param unchanged windows that are exported and fine
 * @param closed of these, the ones whose records were still open when their time to settle was over
 * @param requestsPerSecond the budget of the job; empty where it has none
 * @param warnings why the source may list less than there was; none where it was not asked
 */
public record Plan(
        String job,
        Instant asOf,
        List<Action> actions,
        long unchanged,
        long closed,
        OptionalDouble requestsPerSecond,
        List<Warning> warnings) {
    public Plan {
        actions = List.copyOf(actions);
        warnings = List.copyOf(warnings);
        if (actions.stream().anyMatch(action -> action.kind() == Action.Kind.UNCHANGED)) {
            throw new IllegalArgumentException("windows that need nothing are counted, not listed");
        }
    }

    /** A plan nobody has asked the source about. */
    public Plan(
            String job,
            Instant asOf,
            List<Action> actions,
            long unchanged,
            long closed,
            OptionalDouble requestsPerSecond) {
        this(job, asOf, actions, unchanged, closed, requestsPerSecond, List.of());
    }

    /** The one place that decides whether there is anything to do. */
    public boolean isEmpty() {
        return actions.isEmpty();
    }

    /** How many windows of each kind; every kind is there. */
    public Map<Action.Kind, Long> summary() {
        Map<Action.Kind, Long> counts = new EnumMap<>(Action.Kind.class);
        for (Action.Kind kind : Action.Kind.values()) {
            counts.put(kind, kind == Action.Kind.UNCHANGED ? unchanged : 0L);
        }
        actions.forEach(action -> counts.merge(action.kind(), 1L, Long::sum));
        return counts;
    }

    /** Records and requests of all windows that would be read; empty where one is not known. */
    public Estimate estimate() {
        return new Estimate(sum(Estimate::records), sum(Estimate::requests));
    }

    /** The same plan with other estimates. */
    public Plan withActions(List<Action> estimated) {
        return new Plan(job, asOf, estimated, unchanged, closed, requestsPerSecond, warnings);
    }

    /** The same plan with these warnings. */
    public Plan withWarnings(List<Warning> found) {
        return new Plan(job, asOf, actions, unchanged, closed, requestsPerSecond, found);
    }

    private OptionalLong sum(Function<Estimate, OptionalLong> of) {
        long sum = 0;
        for (Action action : actions) {
            if (!action.kind().readsSource()) {
                continue;
            }
            OptionalLong value = of.apply(action.estimate());
            if (value.isEmpty()) {
                return OptionalLong.empty();
            }
            sum += value.getAsLong();
        }
        return OptionalLong.of(sum);
    }
}
