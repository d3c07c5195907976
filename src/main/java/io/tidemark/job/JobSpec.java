package io.tidemark.job;

import java.util.List;
import java.util.Optional;

/**
 * One job file, checked.
 *
 * @param name {@code [a-z0-9-]+}; what state and lease are kept under
 * @param sinks at least one, no two at the same place
 * @param maxQuarantined how many records of one window may be quarantined before it counts as
 *     incomplete
 * @param schedule cron with seconds, in the window's zone; Tidemark itself does not wait for it
 */
public record JobSpec(
        String name,
        SourceSpec source,
        WindowSpec window,
        List<SinkSpec> sinks,
        long maxQuarantined,
        Optional<String> schedule) {
    public JobSpec {
        sinks = List.copyOf(sinks);
        if (sinks.isEmpty()) {
            throw new IllegalArgumentException("a job without sinks");
        }
    }
}
