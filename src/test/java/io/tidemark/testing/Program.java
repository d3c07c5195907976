package io.tidemark.testing;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.tidemark.cli.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The packaged program as a process of its own, with the job of a workspace.
 *
 * @param wrapper what starts it in its place, such as {@code nsenter}; empty for nothing
 * @param state where, as {@code --state} says it
 * @param token of the sandbox
 * @param javaOptions more of them
 */
public record Program(
        Workspace workspace,
        List<String> wrapper,
        String state,
        String token,
        List<String> javaOptions) {
    private static final Path JAR = Path.of("target/tidemark.jar").toAbsolutePath();
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final int PATIENCE = 60;

    public static Program of(Workspace workspace, String token) {
        return new Program(workspace, List.of(), workspace.state().toString(), token, List.of());
    }

    public Program withState(String other) {
        return new Program(workspace, wrapper, other, token, javaOptions);
    }

    public Program withWrapper(List<String> other) {
        return new Program(workspace, other, state, token, javaOptions);
    }

    public Program withJavaOptions(String... others) {
        return new Program(workspace, wrapper, state, token, List.of(others));
    }

    /** Begins {@code tidemark COMMAND job.yaml}; {@code COMMAND} may bring options. */
    public Process start(String... command) throws IOException {
        List<String> line = new ArrayList<>(wrapper);
        line.addAll(
                List.of(
                        JAVA.toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED"));
        line.addAll(javaOptions);
        line.addAll(List.of("-jar", JAR.toString()));
        line.addAll(List.of(command));
        line.addAll(List.of(workspace.jobFile().toString(), "--state", state));
        ProcessBuilder process =
                new ProcessBuilder(line)
                        .directory(workspace.directory().toFile())
                        .redirectOutput(out().toFile())
                        .redirectError(err().toFile());
        process.environment().putAll(Map.of("TOKEN", token, "PASSWORD", PostgresForTests.PASSWORD));
        return process.start();
    }

    /** Runs a command to its end. */
    public Screen run(String... command) throws Exception {
        return ended(start(command));
    }

    public Screen apply() throws Exception {
        return run("apply", "--auto-approve");
    }

    /** What the process leaves on the screen; fails where it does not end. */
    public Screen ended(Process process) throws Exception {
        if (!process.waitFor(PATIENCE, SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError("it does not end:\n" + outSoFar());
        }
        return new Screen(process.exitValue(), outSoFar(), Files.readString(err()));
    }

    /** Sends a signal, by its name without {@code SIG}. */
    public static void signal(Process process, String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    public String outSoFar() throws IOException {
        return Files.readString(out());
    }

    private Path out() {
        return workspace.directory().resolve("out.txt");
    }

    private Path err() {
        return workspace.directory().resolve("err.txt");
    }
}
