/**
 * Places between two steps of durability, by name, where tests end the process. Whoever makes
 * something durable may use it; it uses nobody.
 *
 * <p>Start at {@link io.tidemark.failpoint.Failpoint}.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.tidemark.failpoint;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
