/**
 * What a source's records look like and how one is held: a schema, its fields, and rows that are
 * their bytes.
 *
 * <p>Start at {@link io.tidemark.record.Schema} and {@link io.tidemark.record.Row}. Knows nothing
 * of where records come from or go to, and uses no other room.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.tidemark.record;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
