/**
 * An API server to try things on, in this process or alone, with a truth of its own to compare
 * with.
 *
 * <p>Start at {@link io.tidemark.sandbox.Sandbox}. Shares no code with the source room, so that one
 * mistake cannot hide in both.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.tidemark.sandbox;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
