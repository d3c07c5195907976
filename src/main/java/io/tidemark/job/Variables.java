package io.tidemark.job;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@code ${NAME}} in a job file stands for: first what was given with {@code --var}, then the
 * environment. A variable that is set to nothing is set.
 */
public final class Variables {
    private final Map<String, String> explicit;
    private final Function<String, @Nullable String> environment;

    private Variables(
            Map<String, String> explicit, Function<String, @Nullable String> environment) {
        this.explicit = Map.copyOf(explicit);
        this.environment = environment;
    }

    /** These, and behind them the environment of this process. */
    public static Variables ofEnvironment(Map<String, String> explicit) {
        return new Variables(explicit, System::getenv);
    }

    /**
     * @param environment gives null for a name that is not set
     */
    public static Variables of(
            Map<String, String> explicit, Function<String, @Nullable String> environment) {
        return new Variables(explicit, environment);
    }

    Optional<String> find(String name) {
        String given = explicit.get(name);
        return Optional.ofNullable(given != null ? given : environment.apply(name));
    }

    /** The names given with {@code --var}, to compare a misspelled one with. */
    Set<String> explicitNames() {
        return new TreeSet<>(explicit.keySet());
    }

    /** Names only: values may be secrets. */
    @Override
    public String toString() {
        return "Variables" + explicitNames();
    }
}
