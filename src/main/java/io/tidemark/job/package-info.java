/**
 * The job file: its grammar, its types, and every problem of a file at once.
 *
 * <p>Start at {@link io.tidemark.job.JobFile} and {@link io.tidemark.job.JobSpec}. The only room
 * that knows YAML. What leaves it has been checked: nobody behind it looks at a job file again.
 */
@ApplicationModule(allowedDependencies = {"record", "window"})
@NullMarked
package io.tidemark.job;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
