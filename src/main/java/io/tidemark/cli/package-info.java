/**
 * What a person types: commands, options, exit codes.
 *
 * <p>Start at {@link io.tidemark.cli.Main}. Puts the other rooms together and holds no rule of its
 * own.
 */
@ApplicationModule(
        allowedDependencies = {
            "record", "window", "job", "source", "sink", "ledger", "plan", "survey", "run", "view",
            "sandbox"
        })
@NullMarked
package io.tidemark.cli;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
