/**
 * Where files land: a name, bytes, all at once.
 *
 * <p>Start at {@link io.tidemark.sink.store.Store}. Does not know what is in a file.
 */
@NullMarked
package io.tidemark.sink.store;

import org.jspecify.annotations.NullMarked;
