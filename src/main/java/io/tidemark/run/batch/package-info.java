/**
 * Spring Batch, and only here: one job instance for each attempt at a window, its fetch as reader,
 * processor and writer of pages, restarted where it was.
 *
 * <p>Start at {@link io.tidemark.run.batch.BatchJobs}. Knows a source and a stage, no sink, and of
 * the ledger only the group that its rows are written in: what follows the fetch, it is told.
 */
@NullMarked
package io.tidemark.run.batch;

import org.jspecify.annotations.NullMarked;
