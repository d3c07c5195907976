/**
 * The durable waiting room of a window: pages are appended as they arrive, and leave it once,
 * sorted and without duplicates.
 *
 * <p>Start at {@link io.tidemark.stage.Stage}. Its memory does not grow with the records of a
 * window.
 */
@ApplicationModule(allowedDependencies = {"failpoint", "record", "window"})
@NullMarked
package io.tidemark.stage;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
