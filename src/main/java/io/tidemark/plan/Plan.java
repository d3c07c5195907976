package io.tidemark.plan;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What would change.
 *
 * @param asOf the instant that "now" means in this plan
 * @param actions what there is to do, by function and time; windows to keep are only counted
 * @param keep windows that are exported and fine
 */
public record Plan(String job, Instant asOf, List<Action> actions, long keep) {
    public Plan {
        actions = List.copyOf(actions);
        if (actions.stream().anyMatch(action -> action.kind() == Action.Kind.KEEP)) {
            throw new IllegalArgumentException("windows to keep are counted, not listed");
        }
    }

    /** The one place that decides whether there is anything to do. */
    public boolean isEmpty() {
        return actions.isEmpty();
    }

    /** How many windows of each kind; every kind is there. */
    public Map<Action.Kind, Long> summary() {
        Map<Action.Kind, Long> counts = new EnumMap<>(Action.Kind.class);
        for (Action.Kind kind : Action.Kind.values()) {
            counts.put(kind, kind == Action.Kind.KEEP ? keep : 0L);
        }
        actions.forEach(action -> counts.merge(action.kind(), 1L, Long::sum));
        return counts;
    }
}
