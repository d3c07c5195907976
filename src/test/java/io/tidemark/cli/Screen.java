package io.tidemark.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import picocli.CommandLine;

/**
 * What a command left on the screen.
 *
 * @param exit the exit code
 */
public record Screen(int exit, String out, String err) {

    /** This, where the command ended with that exit code; else a failure that shows the screen. */
    public Screen endsWith(int expected) {
        if (exit != expected) {
            throw new AssertionError(
                    "exit code %d, not %d%n%s%n%s".formatted(exit, expected, out, err));
        }
        return this;
    }

    /** Runs a command line in this process, as the program would. */
    public static Screen of(String... args) {
        return at(InstantSource.system(), args);
    }

    /** The same, by another clock. */
    public static Screen at(InstantSource clock, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        CommandLine commandLine =
                Main.commandLine(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        clock);
        int exit = commandLine.execute(Main.withTwoDashes(commandLine, args));
        return new Screen(
                exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
