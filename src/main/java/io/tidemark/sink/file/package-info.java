/**
 * Windows as files, one each, in a tree that is partitioned by feed and day: formats over a schema,
 * in whatever store.
 *
 * <p>Start at {@link io.tidemark.sink.file.FileSink}. A new format is one class and one line.
 */
@NullMarked
package io.tidemark.sink.file;

import org.jspecify.annotations.NullMarked;
