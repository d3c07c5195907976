/**
 * Time cut into windows, the unit that is planned, exported, shown and proven.
 *
 * <p>Start at {@link io.tidemark.window.Window} and {@link io.tidemark.window.WindowCalendar}.
 * Pure: there is no clock in here, "now" is always handed in.
 */
@ApplicationModule(allowedDependencies = {"invocation"})
@NullMarked
package io.tidemark.window;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
