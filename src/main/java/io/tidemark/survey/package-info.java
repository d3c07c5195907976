/**
 * Planning's questions: source, sinks and ledger are asked, and the planner is told what they say.
 *
 * <p>Start at {@link io.tidemark.survey.Survey}. Changes nothing but what is remembered of the
 * source.
 */
@ApplicationModule(
        allowedDependencies = {
            "record", "window", "job", "source", "sink", "ledger", "plan", "sandbox"
        })
@NullMarked
package io.tidemark.survey;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
