/**
 * Tidemark keeps a copy of a cloud's short-lived invocation records: a job file declares which,
 * {@code plan} shows what is missing, {@code apply} makes it so.
 *
 * <p>One package per room; data flows one way: job file → windows → plan → fetch → stage → sinks →
 * ledger → report. Start reading at {@link io.tidemark.plan.Planner} and {@link
 * io.tidemark.run.Apply}.
 */
@NullMarked
package io.tidemark;

import org.jspecify.annotations.NullMarked;
