/**
 * Time cut into windows, the unit that is planned, exported, shown and proven; and which records
 * are a window's.
 *
 * <p>Start at {@link io.tidemark.window.Window}, {@link io.tidemark.window.WindowCalendar} and
 * {@link io.tidemark.window.FilterMeaning}. Pure: there is no clock in here, "now" is always handed
 * in.
 */
@ApplicationModule(allowedDependencies = {"record"})
@NullMarked
package io.tidemark.window;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
