package io.tidemark.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A terminal to be asked on, made by {@code script(1)}. */
public final class Terminal {
    private Terminal() {}

    /** Why there is none on this machine. */
    public static Optional<String> missing() {
        return Stream.of("/bin/script", "/usr/bin/script").anyMatch(p -> Files.exists(Path.of(p)))
                ? Optional.empty()
                : Optional.of("without script(1) there is no terminal to ask on");
    }

    /**
     * What to put in front of a command for it to have one: the shell's process becomes the
     * command's. Skips the test, and says why, where there is none.
     */
    public static List<String> command() {
        missing()
                .ifPresent(why -> {
                    System.out.println("skipped, " + why);
                    Assumptions.abort(why);
                });
        return List.of("sh", "-c", "script -qefc \"$*\" /dev/null", "sh");
    }
}
