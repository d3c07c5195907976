package io.tidemark.cli;

import io.tidemark.job.JobSpec;
import io.tidemark.survey.Survey;
import java.time.Instant;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a plan is made from. */
final class PlanningOptions {
    @Mixin RangeOptions range = new RangeOptions();

    @Option(
            names = "--refresh",
            arity = "1",
            paramLabel = "true|false",
            defaultValue = "true",
            description =
                    "false: neither ask the source how many records there are nor look "
                            + "whether the sinks still hold what they held. Quicker, and sees less. "
                            + "Default: true.")
    boolean refresh = true;

    /** What a plan of the job is about. */
    Survey.Scope scope(JobSpec job, Instant asOf) throws Refusal {
        return new Survey.Scope(range.functions(), range.range(job.window(), asOf), refresh);
    }
}
