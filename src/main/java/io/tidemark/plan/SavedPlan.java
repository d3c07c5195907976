package io.tidemark.plan;

import io.tidemark.ledger.StateVersion;
import java.util.List;
import java.util.Optional;

/**
 * A plan that was kept to be applied later, with what it was made from.
 *
 * @param jobFile the job file as it was named
 * @param settings what the job said
 * @param stateLocation where the state is that the plan was made on
 * @param state which state that was
 */
public record SavedPlan(
        Plan plan, String jobFile, JobSettings settings, String stateLocation, StateVersion state) {

    /** Why the plan cannot be applied to this job and state, and what to do; empty where it can. */
    public Optional<String> refusal(
            JobSettings settingsNow, String locationNow, StateVersion stateNow) {
        List<String> changed = settings.differences(settingsNow);
        if (!changed.isEmpty()) {
            return refused(
                    "%s has changed since: %s".formatted(jobFile, String.join(", ", changed)));
        }
        if (!stateLocation.equals(locationNow)) {
            return refused(
                    "it was made on the state at %s, and this one is at %s"
                            .formatted(stateLocation, locationNow));
        }
        if (!state.lineage().equals(stateNow.lineage())) {
            return refused(
                    state.lineage().isEmpty()
                            ? "it was made on an empty state, and this state is not empty any more"
                            : "it was made on another state than this one");
        }
        if (state.serial() != stateNow.serial()) {
            return refused("the state has changed since, or the plan was applied before");
        }
        return Optional.empty();
    }

    private Optional<String> refused(String why) {
        return Optional.of(
                "The plan is stale: %s. Make a new one: tidemark plan %s --out FILE"
                        .formatted(why, jobFile));
    }
}
