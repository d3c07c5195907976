package io.tidemark.run;

import io.tidemark.window.Warning;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an apply came to.
 *
 * @param exported windows that now stand in every sink, incomplete ones among them
 * @param republished windows that were copied from one sink to others
 * @param unchanged windows whose open records have not changed
 * @param records distinct records in these windows
 * @param quarantined records in these windows that could not be normalised
 * @param incomplete windows whose numbers differ
 * @param unproven windows the source gave no total for
 * @param failed windows that could not be exported
 * @param stopped windows that were not begun or not ended, because the run was stopped
 * @param sinks where the exported windows stand, by the sinks' ids
 * @param warnings why the source may have listed less than there was
 * @param runFailure why the whole run was given up; empty where it was not
 * @param leaseLost whether that was because another process has the lease by now
 */
public record Applied(
        long exported,
        long republished,
        long unchanged,
        long records,
        long quarantined,
        List<WindowOutcome.Done> incomplete,
        long unproven,
        List<WindowOutcome.Failed> failed,
        long stopped,
        Duration took,
        List<String> sinks,
        List<Warning> warnings,
        Optional<String> runFailure,
        boolean leaseLost) {
    public Applied {
        incomplete = List.copyOf(incomplete);
        failed = List.copyOf(failed);
        sinks = List.copyOf(sinks);
        warnings = List.copyOf(warnings);
    }

    /** An apply that found nothing to do. */
    public static Applied nothing() {
        return new Applied(
                0,
                0,
                0,
                0,
                0,
                List.of(),
                0,
                List.of(),
                0,
                Duration.ZERO,
                List.of(),
                List.of(),
                Optional.empty(),
                false);
    }

    /** Whether every window of the plan is exported and none is incomplete. */
    public boolean isWhole() {
        return incomplete.isEmpty() && failed.isEmpty() && stopped == 0;
    }
}
