/**
 * The marker-paged API the records come from: client, authentication, pacing, retries, and what its
 * answers mean.
 *
 * <p>Start at {@link io.tidemark.source.InvocationSource}. A failure is a value ({@link
 * io.tidemark.source.Failure}), never an exception. Has never heard of a sink, a stage or a batch
 * job.
 */
@ApplicationModule(allowedDependencies = {"invocation", "window", "spec"})
@NullMarked
package io.tidemark.source;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
