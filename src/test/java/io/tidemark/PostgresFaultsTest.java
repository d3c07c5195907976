package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.cli.Screen;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.CuttingRelay;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.PostgresServer;
import io.tidemark.testing.Rows;
import io.tidemark.testing.Workspace;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a user sees while PostgreSQL fails, and that the next apply ends in the truth. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WINDOWS = 12;

    private static final String JOB =
            """
            job: world
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["default:orders-intake"]
              requests-per-second: 10000
              connections: 1
            window: { from: 2026-10-31, to: 2026-11-01, every: PT2H }
            sinks:
              - csv: { path: DIR/csv }
              - postgres: { url: "URL", username: USER, password: "${PASSWORD}", table: async_invocations }
            """;

    private static final AtomicInteger NAMES = new AtomicInteger();

    private final Sandbox sandbox =
            Sandbox.start(
                    SandboxSettings.DEFAULT
                            .withFunctions(1)
                            .withRecords(2000)
                            .withDays(1)
                            .withSeed(3)
                            .withUntil(Instant.parse("2026-11-01T00:00:00Z"))
                            .withLatency(Duration.ofMillis(20)));

    @TempDir private static Path directory = Path.of("");
    private Path place = Path.of("");

    @BeforeEach
    void choosePlace() {
        place = directory.resolve("test-" + NAMES.incrementAndGet());
    }

    @AfterAll
    void stopSandbox() {
        sandbox.close();
    }

    @AfterEach
    void groups() {
        System.clearProperty("tidemark.groups");
    }

    @Test
    void aTargetThatIsStoppedInMidRunFailsWhatIsLeft() throws Exception {
        try (PostgresServer server = new PostgresServer(place.resolve("server"))) {
            PostgresForTests.Database target = server.database("audit");
            Workspace workspace = workspace(target);

            CompletableFuture<Screen> apply = begin(workspace);
            awaitPublished(apply, target, 2);
            server.stop();
            Screen screen = ended(apply).endsWith(3);
            assertThat(screen.out())
                    .contains("failed  default:orders-intake", "no connection, or it broke")
                    .contains("See that the server runs");
            server.start();
            apply(workspace).endsWith(0);

            holdsTheTruth(workspace, target);
        }
    }

    @Test
    void stateThatIsStoppedInMidRunEndsTheRun() throws Exception {
        System.setProperty("tidemark.groups", "off"); // what is published is known at once
        PostgresForTests.Database target = PostgresForTests.fresh();
        try (PostgresServer server = new PostgresServer(place.resolve("server"))) {
            PostgresForTests.Database state = server.database("state");
            Workspace workspace = workspace(target);
            String there =
                    "%s?user=%s&password=%s"
                            .formatted(state.url(), state.username(), state.password());

            CompletableFuture<Screen> apply =
                    CompletableFuture.supplyAsync(
                            () -> apply(workspace, there), task -> new Thread(task).start());
            awaitPublished(apply, target, 2);
            server.stop();
            Screen screen = ended(apply).endsWith(3);
            assertThat(screen.out())
                    .contains("Given up: the state cannot be used any more", "apply again")
                    .contains("left for the next apply");
            assertThat(apply(workspace, there).endsWith(1).err())
                    .contains("the state database cannot be reached", "check --state");
            server.start();
            apply(workspace, there).endsWith(0);

            holdsTheTruth(workspace, target);
        }
    }

    @Test
    void aConnectionThatIsCutInTheMiddleOfACopyFailsThatWindow() throws Exception {
        PostgresForTests.Database target = PostgresForTests.fresh();
        int port = URI.create(target.url().substring("jdbc:".length())).getPort();
        try (CuttingRelay relay = new CuttingRelay(port, 30_000)) {
            Workspace workspace =
                    workspace(
                            new PostgresForTests.Database(
                                    target.url().replace(":" + port, ":" + relay.port()),
                                    target.username(),
                                    target.password()));

            Screen screen = apply(workspace).endsWith(3);
            assertThat(screen.out())
                    .contains("no connection, or it broke", "11 windows exported, 1 failed");
            apply(workspace).endsWith(0);

            assertThat(relay.wasCut()).isTrue();
            holdsTheTruth(workspace, target);
        }
    }

    @Test
    void aConnectionThatTheServerEndsFailsThatWindow() throws Exception {
        PostgresForTests.Database target = PostgresForTests.fresh();
        Workspace workspace = workspace(target);
        run(
                        workspace,
                        workspace.state().toString(),
                        "apply",
                        "--auto-approve",
                        "--to=2026-10-31T02:00:00Z")
                .endsWith(0);
        CompletableFuture<Screen> apply;
        try (Connection other = target.connect()) {
            other.setAutoCommit(false);
            execute(other, "LOCK TABLE async_invocations IN SHARE ROW EXCLUSIVE MODE");
            apply = begin(workspace);
            awaitWaiting(apply, target);
            target.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()");
        }
        Screen screen = ended(apply).endsWith(3);
        assertThat(screen.out())
                .contains("no connection, or it broke", "See that the server runs")
                .contains("10 windows exported, 1 failed");
        apply(workspace).endsWith(0);

        holdsTheTruth(workspace, target);
    }

    @Test
    void aDeadlockWithAnotherClientFailsThatWindow() throws Exception {
        PostgresForTests.Database target = PostgresForTests.fresh();
        Workspace workspace = workspace(target);
        apply(workspace).endsWith(0);
        // whoever waits so long looks for a deadlock; by then the other client waits, too
        target.execute(
                "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET deadlock_timeout = ''3s'''; END $$");
        String otherState = place.resolve("other-state").toString();
        CompletableFuture<Screen> apply;
        try (Connection other = target.connect()) {
            other.setAutoCommit(false);
            execute(other, "SET deadlock_timeout = '1h'");
            execute(other, "UPDATE async_invocations SET version = version WHERE " + row("DESC"));
            apply =
                    CompletableFuture.supplyAsync(
                            () -> apply(workspace, otherState), task -> new Thread(task).start());
            awaitWaiting(apply, target);
            execute(other, "UPDATE async_invocations SET version = version WHERE " + row("ASC"));
        }
        Screen screen = ended(apply).endsWith(3);
        assertThat(screen.out())
                .contains("deadlock detected. Another client works on the same rows")
                .contains("11 windows exported, 1 failed");
        apply(workspace, otherState).endsWith(0);

        holdsTheTruth(workspace, target);
    }

    /** The first or the last row, by its key, of the first window. */
    private static String row(String order) {
        return """
        request_id = (SELECT request_id FROM async_invocations
        WHERE start_time < '2026-10-31T02:00:00Z' ORDER BY request_id COLLATE "C" %s LIMIT 1)
        """
                .formatted(order);
    }

    /** What a user may not, what is said of it, and what gives it. */
    private enum Privilege {
        CREATE(
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
                "permission denied for schema public. Grant this user what is missing",
                "GRANT CREATE ON SCHEMA public TO exporter"),
        USAGE(
                "REVOKE ALL ON SCHEMA public FROM PUBLIC",
                "no schema of this user's search_path exists",
                "GRANT ALL ON SCHEMA public TO exporter"),
        INSERT(
                "GRANT SELECT ON ALL TABLES IN SCHEMA public TO exporter",
                "may not INSERT",
                "GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO exporter"),
        WRITING(
                "GRANT ALL ON SCHEMA public TO exporter; ALTER ROLE exporter SET default_transaction_read_only = on",
                "in a read-only transaction",
                "ALTER ROLE exporter RESET default_transaction_read_only");

        final String taken;
        final String says;
        final String given;

        Privilege(String taken, String says, String given) {
            this.taken = taken;
            this.says = says;
            this.given = given;
        }
    }

    @ParameterizedTest
    @EnumSource(Privilege.class)
    void aPrivilegeThatIsMissingIsToldBeforeAnythingIsDone(Privilege privilege) throws Exception {
        PostgresForTests.Database target = PostgresForTests.fresh();
        target.execute(
                "DROP ROLE IF EXISTS exporter; CREATE ROLE exporter LOGIN PASSWORD '%s'"
                        .formatted(PostgresForTests.PASSWORD));
        if (privilege == Privilege.INSERT) {
            // somebody else's tables
            for (String table : List.of("async_invocations", "tidemark_receipts")) {
                target.execute(Files.readString(Path.of("sql/target/%s.sql".formatted(table))));
            }
        }
        target.execute(privilege.taken);
        Workspace workspace = workspace(of(target, "exporter"));

        Screen screen = apply(workspace).endsWith(1);
        assertThat(screen.err()).contains(privilege.says);
        assertThat(workspace.files("")).containsOnlyKeys("job.yaml");
        target.execute(privilege.given);
        apply(workspace).endsWith(0);

        holdsTheTruth(workspace, target);
        target.execute("DROP OWNED BY exporter CASCADE");
    }

    private static PostgresForTests.Database of(PostgresForTests.Database target, String user) {
        return new PostgresForTests.Database(target.url(), user, target.password());
    }

    private CompletableFuture<Screen> begin(Workspace workspace) {
        return CompletableFuture.supplyAsync(
                () -> apply(workspace), task -> new Thread(task).start());
    }

    private static void awaitPublished(
            CompletableFuture<Screen> apply, PostgresForTests.Database target, int windows) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .failFast(() -> assertThat(apply).isNotDone())
                .until(() -> published(target) >= windows);
    }

    private static int published(PostgresForTests.Database target) {
        try {
            return Rows.of(target, "SELECT window_from FROM tidemark_receipts").size();
        } catch (SQLException noTableYet) {
            return 0;
        }
    }

    private static void awaitWaiting(
            CompletableFuture<Screen> apply, PostgresForTests.Database target) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .failFast(() -> assertThat(apply).isNotDone())
                .until(() ->
                        !Rows.of(
                                        target,
                                        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
                                .isEmpty());
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void holdsTheTruth(Workspace workspace, PostgresForTests.Database target)
            throws SQLException {
        assertThat(workspace.csvRows()).isEqualTo(Workspace.truth(sandbox, record -> true));
        assertThat(Workspace.postgresRows(target))
                .isEqualTo(Workspace.truth(sandbox, record -> true));
        assertThat(published(target)).isEqualTo(WINDOWS);
    }

    private Screen apply(Workspace workspace) {
        return apply(workspace, workspace.state().toString());
    }

    private Screen apply(Workspace workspace, String state) {
        return run(workspace, state, "apply", "--auto-approve");
    }

    private Screen run(Workspace workspace, String state, String... command) {
        List<String> line = new ArrayList<>(List.of(command));
        line.addAll(
                List.of(
                        workspace.jobFile().toString(),
                        "--state=" + state,
                        "--var=TOKEN=" + sandbox.token(),
                        "--var=PASSWORD=" + PostgresForTests.PASSWORD));
        return Screen.of(line.toArray(String[]::new));
    }

    private static Screen ended(CompletableFuture<Screen> apply) throws Exception {
        return apply.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private Workspace workspace(PostgresForTests.Database target) {
        return new Workspace(place.resolve("work"))
                .job(
                        JOB.replace("ENDPOINT", sandbox.endpoint().toString())
                                .replace("PROJECT", sandbox.project())
                                .replace("URL", target.url())
                                .replace("USER", target.username()));
    }
}
