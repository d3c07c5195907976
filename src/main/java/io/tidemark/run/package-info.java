/**
 * Makes a plan so: a queue of windows, and for each the attempts that bring it from the source into
 * the sinks.
 *
 * <p>Start at {@link io.tidemark.run.Apply} and {@link io.tidemark.run.WindowExport}. How Spring
 * Batch runs an attempt, only {@code run.batch} knows.
 */
@ApplicationModule(
        allowedDependencies = {
            "failpoint",
            "record",
            "window",
            "job",
            "source",
            "stage",
            "sink",
            "ledger",
            "plan"
        })
@NullMarked
package io.tidemark.run;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
