/**
 * The job file: its grammar, its types, and every problem of a file at once.
 *
 * <p>Start at {@link io.tidemark.spec.JobFile} and {@link io.tidemark.spec.JobSpec}. The only room
 * that knows YAML. What leaves it has been checked: nobody behind it looks at a job file again.
 */
@ApplicationModule(allowedDependencies = {"invocation", "window"})
@NullMarked
package io.tidemark.spec;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
