/**
 * What is exported: one asynchronous invocation, its status, the function it belongs to, and the
 * one list of columns that every sink writes.
 *
 * <p>Start at {@link io.tidemark.invocation.Invocation} and {@link io.tidemark.invocation.Column}.
 * Knows nothing of where records come from or go to, and uses no other room.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.tidemark.invocation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
