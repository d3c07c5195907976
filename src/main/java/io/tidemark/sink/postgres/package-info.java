/**
 * Windows as rows of one PostgreSQL table, a window and its receipt in one transaction.
 *
 * <p>Start at {@link io.tidemark.sink.postgres.PostgresSink}.
 */
@NullMarked
package io.tidemark.sink.postgres;

import org.jspecify.annotations.NullMarked;
