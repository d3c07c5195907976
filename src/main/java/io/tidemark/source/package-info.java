/**
 * The marker-paged API the records come from: client, authentication, pacing, retries, and what its
 * answers mean.
 *
 * <p>Start at {@link io.tidemark.source.InvocationSource}. A window is read by asking for the times
 * {@link io.tidemark.window.FilterMeaning#asked} page by page; where the next page is, {@link
 * io.tidemark.source.Paging} knows; what a record means, {@link io.tidemark.source.Normaliser}; and
 * whether it belongs to the window, {@link io.tidemark.window.FilterMeaning#place}. A failure is a
 * value ({@link io.tidemark.source.Failure}), never an exception. Has never heard of a sink, a
 * stage or a batch job.
 */
@ApplicationModule(allowedDependencies = {"invocation", "window", "job"})
@NullMarked
package io.tidemark.source;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
