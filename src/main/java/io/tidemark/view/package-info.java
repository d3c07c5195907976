/**
 * What is shown: the screen, JSON, progress. Derived from what the other rooms say, decides
 * nothing.
 *
 * <p>Start at {@link io.tidemark.view.View}.
 */
@ApplicationModule(
        allowedDependencies = {
            "record", "window", "job", "source", "sink", "ledger", "plan", "run"
        })
@NullMarked
package io.tidemark.view;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
