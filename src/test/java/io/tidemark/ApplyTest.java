package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Screen;
import io.tidemark.sandbox.Behaviour;
import io.tidemark.sandbox.Faults;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sandbox.Request;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users see of plan and apply, against a sandbox that tells its own truth. */
class ApplyTest {
    private static final Instant UNTIL = Instant.parse("2026-11-01T00:00:00Z");
    private static final SandboxSettings SETTINGS =
            SandboxSettings.DEFAULT
                    .withFunctions(3)
                    .withRecords(1500)
                    .withDays(3)
                    .withSeed(11)
                    .withUntil(UNTIL);

    private static final String JOB =
            """
            job: test
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["*"]
              page-size: 100
              requests-per-second: 10000
            window: { from: 2026-10-29, to: 2026-11-01 }
            sinks:
              - csv: { path: DIR/csv }
              - parquet: { path: DIR/parquet }
            """;

    @TempDir private Path directory = Path.of("");

    @Test
    void exportsEveryRecordTheSandboxHolds() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace workspace = workspace(sandbox, JOB);

            Screen screen = apply(workspace, sandbox).endsWith(0);

            assertThat(workspace.csvRows()).isEqualTo(Workspace.truth(sandbox, all()));
            assertThat(workspace.parquetRows()).isEqualTo(Workspace.truth(sandbox, all()));
            assertThat(screen.out()).contains("9 windows exported; 1,500 records");
        }
    }

    @Test
    void planShowsWhatIsMissingAndChangesNothing() {
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace workspace = workspace(sandbox, JOB);

            Screen screen = run(workspace, sandbox, "plan", "--detailed-exitcode").endsWith(2);

            assertThat(screen.out()).contains("Plan: 9 to export");
            assertThat(workspace.directory()).isDirectoryContaining("glob:**job.yaml");
            assertThat(workspace.directory())
                    .isDirectoryNotContaining("glob:**{csv,parquet,state}");
        }
    }

    @Test
    void aSecondApplyAsksForNoSettledWindowAndTouchesNoFile() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace workspace = workspace(sandbox, JOB);
            apply(workspace, sandbox).endsWith(0);
            Map<String, String> files = workspace.files("csv");
            Map<Path, Object> touched = workspace.touched();
            int asked = sandbox.requests().size();

            Screen screen = apply(workspace, sandbox).endsWith(0);

            assertThat(screen.out()).contains("Nothing to do: 9 windows, all exported.");
            assertThat(sandbox.requests().subList(asked, sandbox.requests().size()))
                    .extracting(Request::path)
                    .noneMatch(path -> path.contains("async-invocations"));
            assertThat(workspace.files("csv")).isEqualTo(files);
            assertThat(workspace.touched()).isEqualTo(touched);
        }
    }

    @Test
    void theSameRecordsGiveTheSameBytesWhateverOrderTheyArriveIn() {
        Map<String, String> oldestFirst;
        try (Sandbox sandbox =
                Sandbox.start(SETTINGS.withBehaviour(Behaviour.Order.OLDEST_FIRST))) {
            Workspace workspace = workspace(sandbox, JOB);
            apply(workspace, sandbox).endsWith(0);
            oldestFirst = workspace.files("");
        }
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace other = new Workspace(directory.resolve("other"));
            fill(other, sandbox, JOB.replace("page-size: 100", "page-size: 37"));
            apply(other, sandbox).endsWith(0);

            Map<String, String> newestFirst = other.files("");
            Predicate<String> exported =
                    file -> file.startsWith("csv") || file.startsWith("parquet");
            oldestFirst.keySet().removeIf(exported.negate());
            newestFirst.keySet().removeIf(exported.negate());
            assertThat(newestFirst).isEqualTo(oldestFirst).isNotEmpty();
        }
    }

    @Test
    void onlyTheStatusesThatAreAskedForAreExported() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace workspace =
                    workspace(
                            sandbox,
                            JOB.replace("page-size", "statuses: [FAIL, DISCARD]\n  page-size"));

            apply(workspace, sandbox).endsWith(0);

            assertThat(workspace.csvRows())
                    .isEqualTo(
                            Workspace.truth(
                                    sandbox,
                                    record ->
                                            switch (record.status()) {
                                                case FAILED, DISCARDED -> true;
                                                case WAITING, RUNNING, SUCCEEDED, UNKNOWN -> false;
                                            }))
                    .isNotEmpty();
        }
    }

    @Test
    void aStateOnPostgresWorksTheSameWay() throws Exception {
        PostgresForTests.Database state = PostgresForTests.fresh();
        String url =
                "%s?user=%s&password=%s".formatted(state.url(), state.username(), state.password());
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace workspace = workspace(sandbox, JOB);
            String[] command = {
                "apply",
                workspace.jobFile().toString(),
                "--state",
                url,
                "--auto-approve",
                "--var",
                "TOKEN=" + sandbox.token()
            };

            Screen.of(command).endsWith(0);
            Screen again = Screen.of(command).endsWith(0);

            assertThat(workspace.csvRows()).isEqualTo(Workspace.truth(sandbox, all()));
            assertThat(again.out()).contains("Nothing to do: 9 windows, all exported.");
        }
    }

    @Test
    void aWindowWithTooFewRecordsIsIncompleteAndTakenUpAgain() {
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(Behaviour.Count.TOO_HIGH))) {
            Workspace workspace = workspace(sandbox, JOB);

            Screen screen = apply(workspace, sandbox).endsWith(3);

            assertThat(screen.out()).contains("incomplete").contains("the source counts");
            assertThat(run(workspace, sandbox, "plan").out())
                    .contains("update")
                    .contains("incomplete");
        }
    }

    @Test
    void anUpdateThatWouldLeaveFewerRecordsIsRefused() throws Exception {
        Workspace workspace = new Workspace(directory);
        Map<String, String> files;
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(Behaviour.Count.TOO_HIGH))) {
            fill(workspace, sandbox, JOB);
            apply(workspace, sandbox).endsWith(3); // incomplete, so that it is read again
            files = workspace.files("csv");
        }
        // by now the source has forgotten the first two of the three days
        try (Sandbox forgetful =
                Sandbox.start(SETTINGS.withRetention(java.time.Duration.ofDays(1)))) {
            fill(workspace, forgetful, JOB);
            Screen screen = run(workspace, forgetful, "apply", "--auto-approve").endsWith(3);

            assertThat(screen.out()).contains("refused:").contains("nothing is dropped");
            assertThat(workspace.files("csv").entrySet())
                    .containsExactlyInAnyOrderElementsOf(files.entrySet());
            assertThat(run(workspace, forgetful, "plan").out()).contains("update");
        }
    }

    @Test
    void withoutACountAWindowIsUnproven() {
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(Behaviour.Count.ABSENT))) {
            Workspace workspace = workspace(sandbox, JOB);

            Screen screen = apply(workspace, sandbox).endsWith(0);

            assertThat(screen.out()).contains("9 of them unproven");
        }
    }

    @Test
    void whatFailsNowAndThenIsAskedForAgain() throws Exception {
        try (Sandbox sandbox =
                Sandbox.start(
                        SETTINGS.withFaults(
                                Faults.of(
                                        0.1,
                                        Faults.Kind.ERROR_500,
                                        Faults.Kind.CUT_BODY,
                                        Faults.Kind.HTML_200)))) {
            Workspace workspace = workspace(sandbox, JOB);

            apply(workspace, sandbox).endsWith(0);

            assertThat(workspace.parquetRows()).isEqualTo(Workspace.truth(sandbox, all()));
        }
    }

    @Test
    void filtersPickFunctionsAndTime() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace workspace = workspace(sandbox, JOB);
            Instant day = Instant.parse("2026-10-30T00:00:00Z");

            run(
                            workspace,
                            sandbox,
                            "apply",
                            "-auto-approve",
                            "--from",
                            "2026-10-30",
                            "--to",
                            "2026-10-31",
                            "--function",
                            "default:orders-i*")
                    .endsWith(0);

            assertThat(workspace.csvRows())
                    .isEqualTo(
                            Workspace.truth(
                                    sandbox,
                                    record ->
                                            record.function().functionName().equals("orders-intake")
                                                    && record.startTime() != null
                                                    && !record.startTime().isBefore(day)
                                                    && record.startTime()
                                                            .isBefore(day.plusSeconds(86_400))))
                    .isNotEmpty();
        }
    }

    @Test
    void aWrongTokenIsToldOnceAndLeavesNothingBehind() {
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace workspace = workspace(sandbox, JOB);

            Screen screen =
                    workspace.run("apply", "--auto-approve", "--var", "TOKEN=canary").endsWith(1);

            assertThat(screen.err()).contains("denies access").doesNotContain("canary");
            assertThat(screen.out()).isEmpty();
            assertThat(workspace.directory().toFile().list()).containsExactly("job.yaml");
        }
    }

    @Test
    void anUnknownFunctionIsToldWithTheKnownOnes() {
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace workspace = workspace(sandbox, JOB.replace("\"*\"", "\"default:order-*\""));

            Screen screen = apply(workspace, sandbox).endsWith(1);

            assertThat(screen.err())
                    .contains("no function matches 'default:order-*'")
                    .contains("default:orders-intake");
            assertThat(workspace.directory().toFile().list()).containsExactly("job.yaml");
        }
    }

    @Test
    void anEndpointThatDoesNotAnswerIsToldWithWhatToCheck() {
        Workspace workspace = new Workspace(directory);
        workspace.job(JOB.replace("ENDPOINT", "http://127.0.0.1:1").replace("PROJECT", "p1"));

        Screen screen = workspace.run("apply", "--auto-approve", "--var", "TOKEN=t").endsWith(1);

        assertThat(screen.err()).contains("cannot be reached").contains("source.endpoint");
        assertThat(workspace.directory().toFile().list()).containsExactly("job.yaml");
    }

    @Test
    void anUnwritableDirectoryIsToldBeforeAnythingIsDone() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Files.createFile(directory.resolve("csv"));
            Workspace workspace = workspace(sandbox, JOB);

            Screen screen = apply(workspace, sandbox).endsWith(1);

            assertThat(screen.err()).contains(directory.resolve("csv").toString());
            assertThat(workspace.directory().toFile().list())
                    .containsExactlyInAnyOrder("job.yaml", "csv");
        }
    }

    @Test
    void aTableThatDoesNotFitIsToldWithTheDifferenceAndLeftAlone() throws Exception {
        PostgresForTests.Database database = PostgresForTests.fresh();
        database.execute("CREATE TABLE async_invocations (request_id integer)");
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace workspace =
                    workspace(
                            sandbox,
                            JOB
                                    + "  - postgres: { url: \"%s\", username: %s, password: \"${PASSWORD}\", table: async_invocations }\n"
                                            .formatted(database.url(), database.username()));

            Screen screen = apply(workspace, sandbox).endsWith(1);

            assertThat(screen.err()).contains("async_invocations").contains("request_id");
            assertThat(workspace.directory().toFile().list()).containsExactly("job.yaml");
        }
    }

    @Test
    void withoutATerminalItAsksForAutoApprove() {
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Screen screen = run(workspace(sandbox, JOB), sandbox, "apply").endsWith(1);

            assertThat(screen.err()).contains("--auto-approve");
        }
    }

    private Workspace workspace(Sandbox sandbox, String job) {
        return fill(new Workspace(directory), sandbox, job);
    }

    private static Workspace fill(Workspace workspace, Sandbox sandbox, String job) {
        return workspace.job(
                job.replace("ENDPOINT", sandbox.endpoint().toString())
                        .replace("PROJECT", sandbox.project()));
    }

    private static Screen apply(Workspace workspace, Sandbox sandbox) {
        return run(workspace, sandbox, "apply", "--auto-approve");
    }

    private static Screen run(
            Workspace workspace, Sandbox sandbox, String command, String... args) {
        String[] all = java.util.Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--var";
        all[args.length + 1] = "TOKEN=" + sandbox.token();
        return workspace.run(command, all);
    }

    private static Predicate<Invocation> all() {
        return record -> true;
    }
}
