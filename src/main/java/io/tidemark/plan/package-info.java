/**
 * What would change, and why. Pure: no I/O, no clock, no Spring.
 *
 * <p>Start at {@link io.tidemark.plan.Planner} and {@link io.tidemark.plan.Plan}. Does not know
 * that HTTP, JDBC or a batch job exist.
 */
@ApplicationModule(allowedDependencies = {"window", "job", "ledger"})
@NullMarked
package io.tidemark.plan;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
