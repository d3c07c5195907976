/**
 * Where records land: PostgreSQL, CSV, Parquet. A window appears in a sink at once or not at all.
 *
 * <p>Start at {@link io.tidemark.sink.Sink}; what it says when a window stands there is a {@link
 * io.tidemark.sink.Receipt}. Has never heard of a source.
 */
@ApplicationModule(allowedDependencies = {"failpoint", "record", "window", "job"})
@NullMarked
package io.tidemark.sink;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
