package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.cli.Screen;
import io.tidemark.sandbox.Request;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.Workspace;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the packaged {@code ./tidemark}, and ends it the hard way. */
class ProgramIT {
    private static final Path PROGRAM = Path.of("tidemark").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int RECORDS = 3000;
    private static final int PAGES = 61; // of 50 records; the last one tells that it is the last

    private static final int PAGES_A_CHUNK = 16;

    private static final String JOB =
            """
            job: program
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["default:orders-intake"]
              page-size: 50
              requests-per-second: 10000
              connections: 1
            window: { from: 2026-10-31, to: 2026-11-01 }
            sinks:
              - csv: { path: DIR/csv }
              - parquet: { path: DIR/parquet }
            """;

    @TempDir private Path directory = Path.of("");
    private Sandbox sandbox = Sandbox.start(SandboxSettings.DEFAULT.withRecords(0));

    @BeforeEach
    void startSandbox() {
        sandbox.close();
        sandbox =
                Sandbox.start(
                        SandboxSettings.DEFAULT
                                .withFunctions(1)
                                .withRecords(RECORDS)
                                .withDays(1)
                                .withSeed(3)
                                .withUntil(Instant.parse("2026-11-01T00:00:00Z"))
                                .withLatency(Duration.ofMillis(20)));
    }

    @AfterEach
    void stopSandbox() {
        sandbox.close();
    }

    @Test
    void killedInMidWindowItGoesOnWhereItWasAndEndsInTheSameBytes() throws Exception {
        Workspace undisturbed = workspace("undisturbed");
        run(undisturbed, "apply", "--auto-approve").endsWith(0);
        Workspace workspace = workspace("killed");
        int before = pagesAsked();

        Process apply = start(workspace, "apply", "--auto-approve");
        await().atMost(PATIENCE).until(() -> pagesAsked() >= before + PAGES / 2);
        apply.destroyForcibly();
        assertThat(apply.waitFor()).isEqualTo(128 + 9);
        assertThat(workspace.files("csv")).isEmpty();
        assertThat(run(workspace, "plan").out()).contains("resume").contains("interrupted");
        run(workspace, "apply", "--auto-approve").endsWith(0);

        assertThat(workspace.csvRows()).isEqualTo(Workspace.truth(sandbox, record -> true));
        assertThat(workspace.parquetRows()).isEqualTo(Workspace.truth(sandbox, record -> true));
        assertThat(workspace.files("csv")).isEqualTo(undisturbed.files("csv"));
        assertThat(workspace.files("parquet")).isEqualTo(undisturbed.files("parquet"));
        // again: the chunk that was being read, the one that was being written, the page that was
        // in
        // flight, and the last committed one as a check
        assertThat(pagesAsked() - before).isBetween(PAGES, PAGES + 2 * PAGES_A_CHUNK + 2);
    }

    @Test
    void stoppedBySigtermItEndsWith143AndTheNextApplyGoesOn() throws Exception {
        Workspace workspace = workspace("stopped");

        Process apply = start(workspace, "apply", "--auto-approve");
        await().atMost(PATIENCE).until(() -> pagesAsked() >= PAGES / 3);
        apply.destroy();
        assertThat(apply.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(apply.exitValue()).isEqualTo(128 + 15);
        assertThat(screen(workspace, apply).out()).contains("1 left for the next apply");
        run(workspace, "apply", "--auto-approve").endsWith(0);

        assertThat(workspace.csvRows()).isEqualTo(Workspace.truth(sandbox, record -> true));
        // what was asked for is committed before it ends; the last page is asked for as a check
        assertThat(pagesAsked()).isBetween(PAGES, PAGES + 2);
    }

    @Test
    void aSecondApplyIsToldWhoHoldsTheLease() throws Exception {
        Workspace workspace = workspace("held");

        Process first = start(workspace, "apply", "--auto-approve");
        await().atMost(PATIENCE).until(() -> pagesAsked() > 0);
        Screen second = run(workspace, "apply", "--auto-approve").endsWith(4);

        assertThat(second.err())
                .contains("tidemark apply, process " + first.pid())
                .contains(" since ");
        first.destroyForcibly();
        run(workspace, "apply", "--auto-approve").endsWith(0);
    }

    @Test
    void outputThatCannotBeWrittenIsAFailure() throws Exception {
        Workspace workspace = workspace("full");
        String job = workspace.jobFile() + " --state " + workspace.state();
        for (String command :
                List.of(
                        "plan " + job,
                        "plan --json --detailed-exitcode " + job,
                        "apply --auto-approve --json " + job,
                        "apply --auto-approve " + job,
                        "state list " + job,
                        "state show --json " + job,
                        "verify " + job,
                        "validate " + workspace.jobFile(),
                        "schema",
                        "--help")) {
            Process process =
                    starting(workspace, List.of(command.split(" ")))
                            .redirectOutput(new File("/dev/full"))
                            .start();
            Screen screen = finish(workspace, process);

            assertThat(screen.exit()).as(command).isEqualTo(1);
            assertThat(screen.err()).as(command).contains("could not be written");
        }
        assertThat(run(workspace, "apply", "--auto-approve").endsWith(0).out())
                .contains("Nothing to do");
    }

    @Test
    void helpFitsOnEightyColumnsAndNamesEveryExitCode() throws Exception {
        for (String command : List.of("", "validate", "plan", "apply", "state", "sandbox")) {
            List<String> line = new ArrayList<>(Arrays.asList(command.split(" ")));
            line.removeIf(String::isEmpty);
            line.add("--help");

            Screen screen = finish(workspace("help"), start(workspace("help"), line)).endsWith(0);

            assertThat(screen.out().lines()).allMatch(text -> text.length() <= 80);
            if (command.isEmpty()) {
                assertThat(screen.out()).contains("130,143");
            }
        }
    }

    /** With one connection, so that nothing is asked for ahead. */
    private Workspace workspace(String name) {
        return new Workspace(directory.resolve(name))
                .job(
                        JOB.replace("ENDPOINT", sandbox.endpoint().toString())
                                .replace("PROJECT", sandbox.project()));
    }

    /**
     * Of the window. Without the questions of plans, which ask for single records, and those about
     * what the source's window filters, which begin elsewhere.
     */
    private int pagesAsked() {
        return (int)
                sandbox.requests().stream()
                        .filter(request -> request.path().contains("async-invocations"))
                        .map(Request::query)
                        .filter(query -> query.contains("limit=50"))
                        .filter(query -> query.contains("query_begin_time=2026-10-31T00"))
                        .count();
    }

    private Screen run(Workspace workspace, String... args) throws Exception {
        return finish(workspace, start(workspace, args));
    }

    private Process start(Workspace workspace, String command, String... args) throws IOException {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                command,
                                workspace.jobFile().toString(),
                                "--state",
                                workspace.state().toString()));
        line.addAll(Arrays.asList(args));
        return start(workspace, line);
    }

    private Process start(Workspace workspace, String[] args) throws IOException {
        return start(workspace, args[0], Arrays.copyOfRange(args, 1, args.length));
    }

    private Process start(Workspace workspace, List<String> line) throws IOException {
        return starting(workspace, line).start();
    }

    private ProcessBuilder starting(Workspace workspace, List<String> line) throws IOException {
        Files.writeString(workspace.directory().resolve("out.txt"), "");
        List<String> command = new ArrayList<>(List.of(PROGRAM.toString()));
        command.addAll(line);
        ProcessBuilder process =
                new ProcessBuilder(command)
                        .directory(workspace.directory().toFile())
                        .redirectOutput(workspace.directory().resolve("out.txt").toFile())
                        .redirectError(workspace.directory().resolve("err.txt").toFile());
        process.environment().putAll(Map.of("TOKEN", sandbox.token()));
        return process;
    }

    private static Screen finish(Workspace workspace, Process process) throws Exception {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return screen(workspace, process);
    }

    private static Screen screen(Workspace workspace, Process process) throws IOException {
        return new Screen(
                process.exitValue(),
                Files.readString(workspace.directory().resolve("out.txt")),
                Files.readString(workspace.directory().resolve("err.txt")));
    }
}
