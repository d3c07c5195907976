/**
 * Makes a plan so: one Spring Batch job instance per window. The only room that knows Spring Batch.
 *
 * <p>Start at {@link io.tidemark.run.Apply}.
 */
@ApplicationModule(
        allowedDependencies = {
            "failpoint",
            "invocation",
            "window",
            "job",
            "source",
            "stage",
            "sink",
            "ledger",
            "plan",
            "sandbox"
        })
@NullMarked
package io.tidemark.run;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
