/**
 * What has been exported: one entry per window with its state, receipts and verdict; and the lease,
 * the right to apply one job.
 *
 * <p>Start at {@link io.tidemark.ledger.Ledger} and {@link io.tidemark.ledger.State}; what is
 * written is written in {@linkplain io.tidemark.ledger.GroupCommit groups}. Markers are not in
 * here: the position of a window that is being fetched lives in its batch step alone.
 */
@ApplicationModule(allowedDependencies = {"failpoint", "record", "window", "job", "sink"})
@NullMarked
package io.tidemark.ledger;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
