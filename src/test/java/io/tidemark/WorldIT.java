package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.cli.Screen;
import io.tidemark.sandbox.Faults;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.Program;
import io.tidemark.testing.Rows;
import io.tidemark.testing.SmallDisk;
import io.tidemark.testing.Terminal;
import io.tidemark.testing.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Does to the packaged program what the world does: signals, a pause, a full or vanished disk, a
 * clock that is set back, another one at the same time. Each ends in the sandbox's truth.
 */
@Tag("proof")
class WorldIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** Schedulers kill after 30 seconds. */
    private static final Duration GRACE = Duration.ofSeconds(28);

    private static final SandboxSettings DATA =
            SandboxSettings.DEFAULT
                    .withFunctions(1)
                    .withRecords(600)
                    .withDays(1)
                    .withSeed(3)
                    .withUntil(Instant.parse("2026-11-01T00:00:00Z"));

    private static final String JOB =
            """
            job: NAME
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["default:orders-intake"]
              page-size: 50
              requests-per-second: 10000
              connections: 1
            window: { from: 2026-10-31, to: 2026-11-01, every: PT12H }
            sinks:
            """;
    private static final String CSV = "  - csv: { path: DIR/csv }\n";
    private static final String PARQUET = "  - parquet: { path: DIR/parquet }\n";

    @TempDir private Path directory = Path.of("");
    private @Nullable Sandbox started;

    @AfterEach
    void stopSandbox() {
        if (started != null) {
            started.close();
        }
    }

    // signals

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aSignalWhilePlanningEndsIt(String signal, int exit) throws Exception {
        Sandbox sandbox = sandbox(DATA.withLatency(Duration.ofMillis(300)));
        Program program = program(sandbox, CSV);

        Process apply = program.start("apply", "--auto-approve");
        when(apply, () -> !sandbox.requests().isEmpty());
        endsInTimeOf(signal, exit, apply, program);

        assertThat(program.workspace().files("csv")).isEmpty();
        goesOn(program, sandbox(DATA));
    }

    @Test
    void aSignalAtTheQuestionEndsIt() throws Exception {
        Sandbox sandbox = sandbox(DATA);
        Program program = program(sandbox, CSV);
        Program asking = program.withWrapper(Terminal.command());
        Process terminal = asking.start("apply");
        when(terminal, () -> asking.outSoFar().contains("Only \"yes\" is taken"));
        ProcessHandle apply =
                terminal.descendants()
                        .filter(process -> process.info().command().orElse("").endsWith("/java"))
                        .findFirst()
                        .orElseThrow();
        new ProcessBuilder("kill", "-INT", Long.toString(apply.pid())).start().waitFor();

        assertThat(asking.ended(terminal).exit()).isEqualTo(130);
        assertThat(program.workspace().files("csv")).isEmpty();
        goesOn(program, sandbox);
    }

    @Test
    void aSignalWhileFetchingEndsItBehindThePage() throws Exception {
        Sandbox sandbox = sandbox(DATA.withLatency(Duration.ofMillis(50)));
        Program program = program(sandbox, CSV);

        Process apply = program.start("apply", "--auto-approve");
        when(apply, () -> pagesAsked(sandbox) >= 3);
        endsInTimeOf("INT", 130, apply, program);

        assertThat(program.outSoFar()).contains("left for the next apply");
        goesOn(program, sandbox);
        assertThat(pagesAsked(sandbox)).isLessThan(20);
    }

    /** The sandbox asks for minutes of patience. */
    @Test
    void aSignalWhileItWaitsForTheQuotaEndsIt() throws Exception {
        Sandbox throttled = sandbox(DATA.withFaults(Faults.of(1, Faults.Kind.THROTTLED)));
        Program program = program(throttled, CSV);

        program.workspace()
                .job(
                        Files.readString(program.workspace().jobFile())
                                .replace(
                                        "\"default:orders-intake\"",
                                        throttled.functions().getFirst().toString()));
        Process apply = program.start("apply", "--auto-approve", "--refresh=false");
        when(apply, () -> pagesAsked(throttled) >= 1);
        endsInTimeOf("TERM", 143, apply, program);

        assertThat(program.outSoFar()).contains("2 left for the next apply");
        goesOn(program, sandbox(DATA));
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "parquet"})
    void aSignalWhileAFileIsWrittenEndsIt(String kind) throws Exception {
        Sandbox sandbox = sandbox(DATA.withRecords(30_000));
        Program program = program(sandbox, kind.equals("csv") ? CSV : PARQUET);
        program.workspace()
                .job(
                        Files.readString(program.workspace().jobFile())
                                .replace("page-size: 50", "page-size: 500"));

        Process apply = program.start("apply", "--auto-approve");
        when(apply, () -> !drafts(program).isEmpty());
        Program.signal(apply, "STOP");
        Program.signal(apply, "TERM");
        Program.signal(apply, "CONT");
        assertThat(apply.waitFor(GRACE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
                .isTrue();

        assertThat(apply.exitValue()).isEqualTo(143);
        assertThat(drafts(program)).isEmpty();
        program.apply().endsWith(0);
        assertThat(rows(program, kind)).isEqualTo(Workspace.truth(sandbox, record -> true));
    }

    /** Another client holds the table, so that the program cannot get to an end by itself. */
    @Test
    void aSignalWhileATableIsLockedEndsIt() throws Exception {
        Sandbox sandbox = sandbox(DATA);
        PostgresForTests.Database target = PostgresForTests.fresh();
        Program program = program(sandbox, postgres(target));
        program.run("apply", "--auto-approve", "--to=2026-10-31T12:00:00Z").endsWith(0);

        try (Connection other = target.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE async_invocations IN SHARE ROW EXCLUSIVE MODE");
            Process apply = program.start("apply", "--auto-approve");
            when(
                    apply,
                    () ->
                            !Rows.of(
                                            target,
                                            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
                                    .isEmpty());
            Screen screen = endsInTimeOf("TERM", 143, apply, program);
            assertThat(screen.err()).contains("Broken off, because a sink or the state did not");
        }
        program.apply().endsWith(0);

        assertThat(Workspace.postgresRows(target))
                .isEqualTo(Workspace.truth(sandbox, record -> true));
    }

    @Test
    void aSignalWhileItClosesHarmsNothing() throws Exception {
        Sandbox sandbox = sandbox(DATA);
        Program program = program(sandbox, CSV);

        Process apply = program.start("apply", "--auto-approve");
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> program.outSoFar().contains("Apply complete"));
        Program.signal(apply, "TERM");

        assertThat(program.ended(apply).exit()).isIn(0, 143);
        assertThat(program.apply().endsWith(0).out()).contains("Nothing to do");
        assertThat(program.workspace().csvRows())
                .isEqualTo(Workspace.truth(sandbox, record -> true));
    }

    // a pause

    @Test
    void aHolderThatWasPausedAndReplacedHarmsNothing() throws Exception {
        Sandbox sandbox = sandbox(DATA.withLatency(Duration.ofMillis(50)));
        PostgresForTests.Database state = PostgresForTests.fresh();
        PostgresForTests.Database target = PostgresForTests.fresh();
        Program paused = program(sandbox, CSV + PARQUET + postgres(target)).withState(url(state));
        Program second =
                new Program(
                        new Workspace(directory.resolve("second")),
                        List.of(),
                        url(state),
                        sandbox.token(),
                        List.of());
        second.workspace().job(Files.readString(paused.workspace().jobFile()));

        Process apply = paused.start("apply", "--auto-approve");
        when(apply, () -> pagesAsked(sandbox) >= 8);
        Program.signal(apply, "STOP");
        second.apply().endsWith(4);
        // what keep-alive does to a client that does not answer
        state.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        second.apply().endsWith(0);
        Program.signal(apply, "CONT");

        Screen screen = paused.ended(apply);
        assertThat(screen.exit()).as(screen.toString()).isIn(1, 3, 4);
        assertThat(drafts(paused)).isEmpty();
        assertThat(paused.workspace().csvRows())
                .isEqualTo(Workspace.truth(sandbox, record -> true));
        assertThat(paused.workspace().parquetRows())
                .isEqualTo(Workspace.truth(sandbox, record -> true));
        assertThat(Workspace.postgresRows(target))
                .isEqualTo(Workspace.truth(sandbox, record -> true));
        assertThat(second.apply().endsWith(0).out()).contains("Nothing to do");
        second.run("verify").endsWith(0);
    }

    @Test
    void aHolderOfEmbeddedStateCannotBeReplacedWhileItIsPaused() throws Exception {
        Sandbox sandbox = sandbox(DATA.withLatency(Duration.ofMillis(50)));
        Program program = program(sandbox, CSV);

        Process apply = program.start("apply", "--auto-approve");
        when(apply, () -> pagesAsked(sandbox) >= 3);
        Program.signal(apply, "STOP");
        Program second =
                new Program(
                        new Workspace(directory.resolve("second")),
                        List.of(),
                        program.state(),
                        sandbox.token(),
                        List.of());
        second.workspace().job(Files.readString(program.workspace().jobFile()));
        assertThat(second.apply().endsWith(4).err()).contains("process " + apply.pid());
        Program.signal(apply, "CONT");

        assertThat(program.ended(apply).exit()).isZero();
        assertThat(program.workspace().csvRows())
                .isEqualTo(Workspace.truth(sandbox, record -> true));
    }

    // several at once

    @Test
    void twoJobsAtOnceOnOneStateOneTableAndOneDirectory() throws Exception {
        Sandbox sandbox = sandbox(DATA);
        PostgresForTests.Database state = PostgresForTests.fresh();
        PostgresForTests.Database target = PostgresForTests.fresh();
        String sinks = CSV.replace("DIR", directory.toString()) + postgres(target);
        Program one = program("one", sandbox, sinks).withState(url(state));
        Program other = program("other", sandbox, sinks).withState(url(state));

        Process first = one.start("apply", "--auto-approve");
        Process second = other.start("apply", "--auto-approve");
        // where both write one file at once, one of them is told
        for (Screen ended : List.of(one.ended(first), other.ended(second))) {
            assertThat(ended.exit()).as(ended.toString()).isIn(0, 3);
        }
        one.apply().endsWith(0);
        other.apply().endsWith(0);

        assertThat(new Workspace(directory).csvRows())
                .isEqualTo(Workspace.truth(sandbox, record -> true));
        assertThat(Workspace.postgresRows(target))
                .isEqualTo(Workspace.truth(sandbox, record -> true));
        assertThat(new Workspace(directory).files("csv")).hasSize(2);
        one.run("verify").endsWith(0);
        other.run("verify").endsWith(0);
    }

    @Test
    void twoStatesOnOneDirectoryNeverLoseARecordOfEachOther() throws Exception {
        Sandbox sandbox = sandbox(DATA);
        String there = CSV.replace("DIR", directory.toString());
        Program one = program("one", sandbox, there);
        Program same = program("same", sandbox, there);
        Program failed = program("failed", sandbox, there);
        failed.workspace().job(only("FAIL", failed));
        Program succeeded = program("succeeded", sandbox, there);
        succeeded.workspace().job(only("SUCCESS", succeeded));

        failed.apply().endsWith(0);
        Screen refused = succeeded.apply().endsWith(3);
        assertThat(refused.out()).contains("cannot replace").contains(".csv");
        // all of them, the failed ones included
        one.apply().endsWith(0);
        Map<String, String> before = new Workspace(directory).files("csv");
        same.apply().endsWith(0);

        assertThat(new Workspace(directory).files("csv")).isEqualTo(before);
        assertThat(new Workspace(directory).csvRows())
                .isEqualTo(Workspace.truth(sandbox, record -> true));
        assertThat(failed.run("plan").endsWith(0).out()).contains("its receipt says");
    }

    private static String only(String status, Program program) throws IOException {
        return Files.readString(program.workspace().jobFile())
                .replace("  page-size", "  statuses: [%s]\n  page-size".formatted(status));
    }

    // the clock

    /** Spring Batch writes the local time of the process: another zone is another clock. */
    @Test
    void aClockThatIsSetBackBetweenTwoAppliesLosesNothing() throws Exception {
        Sandbox sandbox = sandbox(DATA.withLatency(Duration.ofMillis(50)));
        Program program = program(sandbox, CSV);

        int pages = 0;
        for (String zone : List.of("Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago")) {
            Process apply =
                    program.withJavaOptions("-Duser.timezone=" + zone)
                            .start("apply", "--auto-approve");
            int until = pages + 3;
            when(apply, () -> pagesAsked(sandbox) >= until);
            apply.destroyForcibly().waitFor();
            pages = pagesAsked(sandbox);
        }
        goesOn(program.withJavaOptions("-Duser.timezone=Pacific/Pago_Pago"), sandbox);
    }

    // disks

    @ParameterizedTest
    @ValueSource(strings = {"csv", "parquet", "state", "state/stage"})
    void aDiskThatIsFullFailsTheWindowAndHarmsNothing(String where) throws Exception {
        Sandbox sandbox = sandbox(DATA.withRecords(6000));
        Program program = program(sandbox, CSV + PARQUET);
        Path small = program.workspace().directory().resolve(where);
        try (SmallDisk disk = SmallDisk.mount(small, room(where))) {
            Program inside = program.withWrapper(disk.command());

            Screen screen = inside.apply();
            assertThat(screen.exit()).isIn(1, 3);
            assertThat(screen.out() + screen.err()).contains("No space left on device");
            disk.resize(64);
            inside.apply().endsWith(0);

            assertThat(inside.run("verify").endsWith(0).out()).contains("every sink holds");
        }
    }

    private static int room(String where) {
        return where.equals("state") ? 700 : 64; // kB
    }

    @Test
    void aDirectoryThatMayOnlyBeReadIsToldBeforeAnythingIsDone() throws Exception {
        Sandbox sandbox = sandbox(DATA);
        Program program = program(sandbox, CSV);
        try (SmallDisk disk =
                SmallDisk.mount(program.workspace().directory().resolve("csv"), 1024)) {
            Program inside = program.withWrapper(disk.command());
            disk.readOnly(true);

            Screen screen = inside.apply().endsWith(1);
            assertThat(screen.err()).contains("cannot write").contains("Read-only file system");
            assertThat(program.workspace().files("state")).isEmpty();
            disk.readOnly(false);
            inside.apply().endsWith(0);
            inside.run("verify").endsWith(0);
        }
    }

    @Test
    void aDirectoryThatIsRemovedInMidRunIsMadeAgain() throws Exception {
        Sandbox sandbox = sandbox(DATA.withLatency(Duration.ofMillis(50)));
        Program program = program(sandbox, CSV + PARQUET);

        Process apply = program.start("apply", "--auto-approve");
        when(apply, () -> !program.workspace().files("csv").isEmpty());
        io.tidemark.stage.Stage.deleteTree(program.workspace().directory().resolve("csv"));
        assertThat(program.ended(apply).exit()).isIn(0, 3);
        program.apply().endsWith(0);

        assertThat(program.workspace().csvRows())
                .isEqualTo(Workspace.truth(sandbox, record -> true));
        assertThat(program.workspace().parquetRows())
                .isEqualTo(Workspace.truth(sandbox, record -> true));
    }

    private Sandbox sandbox(SandboxSettings settings) {
        int port = 0;
        if (started != null) {
            port = started.endpoint().getPort();
            started.close();
        }
        started = Sandbox.start(settings.withPort(port));
        return started;
    }

    private Program program(Sandbox sandbox, String sinks) {
        return program("work", sandbox, sinks);
    }

    private Program program(String name, Sandbox sandbox, String sinks) {
        Workspace workspace =
                new Workspace(directory.resolve(name))
                        .job(
                                (JOB + sinks)
                                        .replace("NAME", name)
                                        .replace("ENDPOINT", sandbox.endpoint().toString())
                                        .replace("PROJECT", sandbox.project()));
        return Program.of(workspace, sandbox.token());
    }

    private static String postgres(PostgresForTests.Database target) {
        return "  - postgres: { url: \"%s\", username: %s, password: \"${PASSWORD}\", table: async_invocations }\n"
                .formatted(target.url(), target.username());
    }

    private static String url(PostgresForTests.Database state) {
        return "%s?user=%s&password=%s".formatted(state.url(), state.username(), state.password());
    }

    /** Waits for the condition, and not for longer than the process lives. */
    private static void when(Process process, Callable<Boolean> condition) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .failFast("it ended before", () -> !process.isAlive())
                .until(condition);
    }

    private static Screen endsInTimeOf(String signal, int exit, Process process, Program program)
            throws Exception {
        long begun = System.nanoTime();
        Program.signal(process, signal);
        Screen screen = program.ended(process).endsWith(exit);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(GRACE);
        return screen;
    }

    private static void goesOn(Program program, Sandbox sandbox) throws Exception {
        program.apply().endsWith(0);
        assertThat(program.workspace().csvRows())
                .isEqualTo(Workspace.truth(sandbox, record -> true));
    }

    private static List<List<@Nullable Object>> rows(Program program, String kind)
            throws SQLException {
        return kind.equals("csv")
                ? program.workspace().csvRows()
                : program.workspace().parquetRows();
    }

    /** Without the questions of plans, which ask for single records to learn how many there are. */
    private static int pagesAsked(Sandbox sandbox) {
        return (int)
                sandbox.requests().stream()
                        .filter(request -> request.path().contains("async-invocations"))
                        .filter(request -> request.query().contains("limit=50"))
                        .count();
    }

    private static List<Path> drafts(Program program) {
        try (Stream<Path> files = Files.walk(program.workspace().directory())) {
            return files.filter(file -> file.toString().endsWith(".tmp")).toList();
        } catch (UncheckedIOException | IOException movedMeanwhile) {
            return List.of();
        }
    }
}
