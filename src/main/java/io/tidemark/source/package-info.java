/**
 * Where records come from, as the rest of Tidemark sees it: feeds, windows, pages of rows, and
 * failures that are values.
 *
 * <p>Start at {@link io.tidemark.source.Source}; {@link io.tidemark.source.Sources} opens one. What
 * is true of one vendor's API only lives behind it, in a package of its own, which nobody else
 * uses. Has never heard of a sink, a stage or a batch job.
 */
@ApplicationModule(allowedDependencies = {"record", "window", "job"})
@NullMarked
package io.tidemark.source;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
