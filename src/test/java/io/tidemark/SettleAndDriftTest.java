package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Screen;
import io.tidemark.sandbox.Behaviour;
import io.tidemark.sandbox.InvocationStatus;
import io.tidemark.sandbox.Request;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.Rows;
import io.tidemark.testing.Workspace;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows that settle later, and sinks that no longer hold what they held. */
class SettleAndDriftTest {
    private static final Instant END = Instant.parse("2026-11-01T00:00:00Z");
    private static final String JOB =
            """
            job: drift
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["*"]
              page-size: 50
              requests-per-second: 10000
            window: { from: 2026-10-31, to: 2026-11-01, settle: P30000D }
            sinks:
              - csv: { path: DIR/csv }
              - parquet: { path: DIR/parquet }
            """;

    private static final SandboxSettings SETTINGS =
            SandboxSettings.DEFAULT
                    .withFunctions(1)
                    .withRecords(3000)
                    .withDays(2)
                    .withSeed(12) // one record runs at the end
                    .withUntil(END);

    private final Sandbox sandbox = Sandbox.start(SETTINGS);

    @TempDir private Path directory = Path.of("");

    @AfterEach
    void stopSandbox() {
        sandbox.close();
    }

    @Test
    void anOpenWindowIsReadAgainUntilItIsSettled() throws Exception {
        Workspace workspace = workspace(JOB);
        apply(workspace).endsWith(0);
        long open = openRecords();
        assertThat(open).isPositive();
        assertThat(run(workspace, "plan").out())
                .contains("update")
                .contains(
                        open == 1 ? "1 record was still open" : open + " records were still open");

        moveClockTo(END.plusSeconds(86_400)); // by now all have ended
        apply(workspace).endsWith(0);

        assertThat(
                        Rows.ofDuckDb(
                                "SELECT count(*) FROM read_csv('%s/csv/**/*.csv') WHERE status IN ('WAITING', 'RUNNING')"
                                        .formatted(directory)))
                .containsExactly(List.of(0L));
        assertThat(run(workspace, "plan", "--detailed-exitcode").endsWith(0).out())
                .contains("Nothing to do");
    }

    @Test
    void aRecordThatIsOpenUnderAWordNobodyDocumentedIsReadAgainUntilItHasEnded() throws Exception {
        try (Sandbox other =
                Sandbox.start(SETTINGS.withBehaviour(Behaviour.StatusWords.OPEN_UNKNOWN))) {
            Workspace workspace =
                    new Workspace(directory)
                            .job(
                                    JOB.replace("ENDPOINT", other.endpoint().toString())
                                            .replace("PROJECT", other.project()));
            String token = "TOKEN=" + other.token();

            Screen first = workspace.run("apply", "--auto-approve", "--var", token).endsWith(0);
            Screen again = workspace.run("apply", "--auto-approve", "--var", token).endsWith(0);

            for (Screen screen : List.of(first, again)) {
                assertThat(screen.out().replaceAll("\\s+", " "))
                        .containsOnlyOnce(
                                "words for a status that are not documented: \"PROCESSING\"");
            }
            assertThat(workspace.run("plan", "--var", token).out()).contains("1 record was still");

            moveClock(other, END.plusSeconds(86_400));
            workspace.run("apply", "--auto-approve", "--var", token).endsWith(0);

            assertThat(
                            Rows.ofDuckDb(
                                    "SELECT count(*) FROM read_csv('%s/csv/**/*.csv') WHERE status = 'UNKNOWN'"
                                            .formatted(directory)))
                    .containsExactly(List.of(0L));
            assertThat(
                            workspace
                                    .run("plan", "--detailed-exitcode", "--var", token)
                                    .endsWith(0)
                                    .out())
                    .contains("Nothing to do");
        }
    }

    @Test
    void hoursThatAnEarlierVersionCutByTheTimeOf1900GoOnAsTheyAre() {
        String hourly =
                JOB.replace("settle: P30000D", "every: PT1H, zone: Asia/Shanghai, settle: PT0S");
        String days = "from: 2026-10-31, to: 2026-11-01";
        apply(
                        workspace(
                                hourly.replace(
                                        days,
                                        "from: 2026-10-31T04:54:17Z, to: 2026-10-31T08:54:17Z")))
                .endsWith(0);

        Screen plan =
                run(
                                workspace(hourly.replace(days, "from: -P3000D")),
                                "plan",
                                "--from",
                                "2026-10-31T04:00:00Z",
                                "--to",
                                "2026-10-31T10:00:00Z",
                                "--json")
                        .endsWith(0);

        assertThat(plan.out())
                .contains("\"unchanged\" : 4")
                .contains("2026-10-31T09:54:17Z")
                .doesNotContain("T09:00:00Z");
    }

    @Test
    void aWindowWhoseOpenRecordsHaveNotChangedIsNotReadAgain() {
        Workspace workspace = workspace(JOB);
        apply(workspace).endsWith(0);
        long open = openRecords();
        int asked = sandbox.requests().size();

        Screen screen = run(workspace, "apply", "--auto-approve", "--refresh=false").endsWith(0);

        assertThat(screen.out()).contains("1 window still open and unchanged");
        assertThat(
                        sandbox.requests().subList(asked, sandbox.requests().size()).stream()
                                .map(Request::query)
                                .filter(query -> query.contains("request_id="))
                                .count())
                .isEqualTo(open);
        assertThat(
                        sandbox.requests().subList(asked, sandbox.requests().size()).stream()
                                .filter(request -> request.path().contains("async-invocations"))
                                .count())
                .isEqualTo(open);
    }

    @Test
    void aDeletedFileHealsFromTheOtherSinkWithoutAskingTheSource() throws Exception {
        Workspace workspace = workspace(JOB.replace("P30000D", "PT0S"));
        apply(workspace).endsWith(0);
        Map<String, String> before = workspace.files("parquet");
        Files.delete(anyFile("parquet"));
        int asked = invocationsAsked();

        assertThat(run(workspace, "plan", "--json").out())
                .contains("republish")
                .contains("the file is missing");
        assertThat(run(workspace, "verify").endsWith(2).out()).contains("the file is missing");
        Screen screen = run(workspace, "apply", "--auto-approve").endsWith(0);

        assertThat(screen.out()).contains("1 window republished");
        assertThat(workspace.files("parquet")).isEqualTo(before);
        assertThat(invocationsAsked()).isEqualTo(asked);
        assertThat(run(workspace, "verify").endsWith(0).out()).contains("every sink holds");
    }

    @Test
    void aDeletedFileHealsAlsoWhileItsWindowIsOpen() throws Exception {
        Workspace workspace = workspace(JOB);
        apply(workspace).endsWith(0);
        Map<String, String> before = workspace.files("csv");
        Files.delete(anyFile("csv"));

        apply(workspace).endsWith(0);

        assertThat(workspace.files("csv")).isEqualTo(before);
    }

    @Test
    void anAlteredByteIsFoundByVerifyThoughTheSizeIsTheSame() throws Exception {
        Workspace workspace = workspace(JOB.replace("P30000D", "PT0S"));
        apply(workspace).endsWith(0);
        Path file = anyFile("csv");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        assertThat(run(workspace, "plan").out()).contains("Nothing to do");
        assertThat(run(workspace, "verify", "--json").endsWith(2).out())
                .contains("\"differences\"");
    }

    @Test
    void aSinkThatIsAddedToTheJobGetsEveryWindow() throws Exception {
        PostgresForTests.Database database = PostgresForTests.fresh();
        apply(workspace(JOB.replace("P30000D", "PT0S"))).endsWith(0);
        Workspace workspace =
                workspace(
                        JOB.replace("P30000D", "PT0S")
                                + "  - postgres: { url: \"%s\", username: %s, password: \"${PASSWORD}\", table: async_invocations }\n"
                                        .formatted(database.url(), database.username()));
        int asked = invocationsAsked();

        assertThat(run(workspace, "plan", "--json").out())
                .contains("the sink was added to the job");
        run(workspace, "apply", "--auto-approve").endsWith(0);

        assertThat(Workspace.postgresRows(database)).isEqualTo(workspace.csvRows()).isNotEmpty();
        assertThat(invocationsAsked()).isEqualTo(asked);

        database.execute(
                "DELETE FROM async_invocations WHERE request_id = (SELECT min(request_id) FROM async_invocations)");
        assertThat(run(workspace, "plan").out()).contains("republish").contains("missing");
        run(workspace, "apply", "--auto-approve").endsWith(0);
        assertThat(Workspace.postgresRows(database)).isEqualTo(workspace.csvRows());
    }

    @Test
    void pruningTheBatchMetadataDoesNotChangeThePlan() {
        Workspace workspace = workspace(JOB);
        apply(workspace).endsWith(0);
        String plan = planWithoutItsInstant(workspace);

        Screen pruned = run(workspace, "state prune", "--older-than", "PT0.001S");
        Screen prunedWholeSeconds = run(workspace, "state prune", "--older-than", "PT1S");

        assertThat(pruned.exit()).isEqualTo(1);
        assertThat(prunedWholeSeconds.endsWith(0).out()).startsWith("Pruned the metadata of ");
        assertThat(planWithoutItsInstant(workspace)).isEqualTo(plan);
    }

    @Test
    void whatIsForgottenIsExportedAgainIntoTheSameFiles() {
        Workspace workspace = workspace(JOB.replace("P30000D", "PT0S"));
        apply(workspace).endsWith(0);
        Map<String, String> before = workspace.files("csv");

        run(workspace, "state forget", "--auto-approve").endsWith(0);

        assertThat(workspace.files("csv")).isEqualTo(before);
        assertThat(run(workspace, "plan").out()).contains("Plan: 1 to export");
        apply(workspace).endsWith(0);
        assertThat(workspace.files("csv")).isEqualTo(before);
    }

    @Test
    void aForgottenWindowIsNotReplacedByTheLittleTheSourceStillHas() {
        Workspace workspace = workspace(JOB.replace("P30000D", "PT0S"));
        apply(workspace).endsWith(0);
        Map<String, String> before = workspace.files("csv");
        run(workspace, "state forget", "--auto-approve").endsWith(0);
        try (Sandbox forgetful =
                Sandbox.start(
                        SandboxSettings.DEFAULT
                                .withFunctions(1)
                                .withRecords(3000)
                                .withDays(2)
                                .withSeed(12)
                                .withRetention(java.time.Duration.ofHours(1))
                                .withUntil(END))) {
            workspace.job(
                    JOB.replace("ENDPOINT", forgetful.endpoint().toString())
                            .replace("PROJECT", forgetful.project()));

            Screen screen =
                    workspace
                            .run("apply", "--auto-approve", "--var", "TOKEN=" + forgetful.token())
                            .endsWith(3);

            assertThat(screen.out()).contains("failed").contains("of its records are not among");
            assertThat(workspace.files("csv")).isEqualTo(before);
        }
    }

    private String planWithoutItsInstant(Workspace workspace) {
        return run(workspace, "plan", "--json").out().replaceAll("\"as_of\".*", "");
    }

    private Path anyFile(String below) throws Exception {
        try (Stream<Path> files = Files.walk(directory.resolve(below))) {
            return files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
    }

    private int invocationsAsked() {
        return (int)
                sandbox.requests().stream()
                        .filter(request -> request.path().contains("async-invocations"))
                        .count();
    }

    private long openRecords() {
        try (Stream<?> open =
                sandbox.truth()
                        .filter(record ->
                                record.status() == InvocationStatus.WAITING
                                        || record.status() == InvocationStatus.RUNNING)) {
            return open.count();
        }
    }

    private void moveClockTo(Instant now) throws Exception {
        moveClock(sandbox, now);
    }

    private static void moveClock(Sandbox sandbox, Instant now) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            int status =
                    client.send(
                                    HttpRequest.newBuilder(
                                                    URI.create(
                                                            sandbox.endpoint()
                                                                    + "/sandbox/clock?now="
                                                                    + now))
                                            .POST(HttpRequest.BodyPublishers.noBody())
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode();
            assertThat(status).isBetween(200, 299);
        }
    }

    private Workspace workspace(String job) {
        return new Workspace(directory)
                .job(
                        job.replace("ENDPOINT", sandbox.endpoint().toString())
                                .replace("PROJECT", sandbox.project()));
    }

    private Screen apply(Workspace workspace) {
        return run(workspace, "apply", "--auto-approve");
    }

    private Screen run(Workspace workspace, String command, String... args) {
        String[] all = java.util.Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--var";
        all[args.length + 1] = "TOKEN=" + sandbox.token();
        return workspace.run(command, all);
    }
}
