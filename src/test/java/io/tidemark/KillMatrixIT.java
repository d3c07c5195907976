package io.tidemark;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.cli.Screen;
import io.tidemark.failpoint.Failpoint;
import io.tidemark.sandbox.Request;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.Rows;
import io.tidemark.testing.Workspace;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the packaged program with SIGKILL at every edge of what it makes durable, for every sink
 * the edge concerns, runs it again to its end, and compares with the sandbox's truth and with a run
 * that nothing disturbed. The table of {@code docs/kill-matrix.md} is what came out; {@code
 * -Dtidemark.kill-matrix=write} writes it there.
 */
@Tag("proof")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KillMatrixIT {
    private static final Path PROGRAM = Path.of("target/tidemark.jar").toAbsolutePath();
    private static final Path PAGE = Path.of("docs/kill-matrix.md").toAbsolutePath();
    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin/java") + "";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PROCESSES = 2;
    private static final int RANDOM_ROUNDS = 10;
    private static final long SEED = Long.getLong("tidemark.seed", 20261123);

    /** Each page and each step is written to the state by itself, so that a kill costs one. */
    private static final String[] SINGLY = {"-Dtidemark.groups=off"};

    private static final List<String> FILES = List.of("csv", "ndjson", "parquet");
    private static final String PAGE_LIMIT = "limit=12";
    private static final SandboxSettings DATA =
            SandboxSettings.DEFAULT
                    .withFunctions(1)
                    .withRecords(60)
                    .withDays(2)
                    .withSeed(5)
                    .withUntil(Instant.parse("2026-11-01T00:00:00Z"));

    private static final String JOB =
            """
            job: killed
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["default:orders-intake"]
              page-size: 12
              requests-per-second: 10000
              connections: CONNECTIONS
            window: { from: 2026-10-30, to: 2026-11-01 }
            sinks:
            """;

    /** Edges that are tried with the state on a server, too. */
    private static final Set<Failpoint> WITH_STATE_ON_A_SERVER =
            Set.of(
                    Failpoint.STATE_OPENED,
                    Failpoint.LEASE_TAKEN,
                    Failpoint.STAGE_SYNCED,
                    Failpoint.CHUNK_SAVED,
                    Failpoint.CHUNK_COMMITTED,
                    Failpoint.RECEIPT_SAVED,
                    Failpoint.RECEIPT_COMMITTED,
                    Failpoint.ENTRY_SAVED,
                    Failpoint.ENTRY_COMMITTED,
                    Failpoint.GROUP_WRITTEN,
                    Failpoint.GROUP_COMMITTED,
                    Failpoint.INSTANCE_ENDED,
                    Failpoint.LEASE_RELEASED);

    /** A column of the matrix: which sinks the job has, and where its state is. */
    private enum Column {
        /** What has nothing to do with a sink; and random kills. */
        ALL("all sinks at once"),
        CSV("CSV"),
        NDJSON("NDJSON"),
        PARQUET("Parquet"),
        POSTGRES("PostgreSQL"),
        STATE_ON_A_SERVER("CSV, state on PostgreSQL");

        final String title;

        Column(String title) {
            this.title = title;
        }

        boolean concerns(Failpoint point) {
            return switch (this) {
                case ALL -> !ofTables(point) && !ofFiles(point) && !ofAnySink(point);
                case CSV, NDJSON, PARQUET -> ofFiles(point) || ofAnySink(point);
                case POSTGRES -> ofTables(point) || ofAnySink(point);
                case STATE_ON_A_SERVER -> WITH_STATE_ON_A_SERVER.contains(point);
            };
        }

        boolean hasTable() {
            return this == POSTGRES || this == ALL;
        }

        boolean hasFiles(String kind) {
            return switch (this) {
                case CSV, STATE_ON_A_SERVER -> kind.equals("csv");
                case NDJSON -> kind.equals("ndjson");
                case PARQUET -> kind.equals("parquet");
                case POSTGRES -> false;
                case ALL -> true;
            };
        }

        private static boolean ofFiles(Failpoint point) {
            return point.compareTo(Failpoint.DRAFT_BEGUN) >= 0
                    && point.compareTo(Failpoint.DIRECTORY_SYNCED) <= 0;
        }

        private static boolean ofAnySink(Failpoint point) {
            return point.compareTo(Failpoint.PUBLISHED) >= 0
                    && point.compareTo(Failpoint.RECEIPT_COMMITTED) <= 0;
        }

        private static boolean ofTables(Failpoint point) {
            return point.compareTo(Failpoint.TABLES_CREATED) >= 0
                    && point.compareTo(Failpoint.ROWS_COMMITTED) <= 0;
        }
    }

    private record Cell(Failpoint point, Column column) {
        @Override
        public String toString() {
            return "%s x %s".formatted(point, column.title);
        }

        /** In the second page, or in the second window, or, where there is but one pass, there. */
        int pass() {
            return switch (point) {
                case STATE_OPENED,
                        LEASE_TAKEN,
                        TABLES_CREATED,
                        TABLES_COMMITTED,
                        LEASE_KEPT,
                        LEASE_RELEASED,
                        STATE_CLOSED ->
                        1;
                default -> 2;
            };
        }
    }

    /** What an undisturbed run left. */
    private record Undisturbed(
            Set<String> names,
            Map<String, String> exported,
            List<List<@Nullable Object>> targetReceipts,
            List<String> pages) {}

    @TempDir private static Path directory = Path.of("");
    private final ExecutorService processes = Executors.newFixedThreadPool(PROCESSES);
    private final Map<Column, Undisturbed> undisturbed = new EnumMap<>(Column.class);
    private final Map<Cell, Integer> pagesAskedAgain = new ConcurrentHashMap<>();

    /** The first of them leaves the archive of classes that all later processes start with. */
    @BeforeAll
    void undisturbedRuns() throws Exception {
        for (Column column : Column.values()) {
            try (Run run = new Run("undisturbed-" + column, column, 1, SINGLY)) {
                run.goesOnToItsEnd();
                run.holdsTheTruth();
                undisturbed.put(
                        column,
                        new Undisturbed(
                                run.names(), run.exported(), run.targetReceipts(), run.pages()));
                assertThat(new HashSet<>(run.pages())).hasSameSizeAs(run.pages());
            }
        }
    }

    @AfterAll
    void stop() {
        processes.shutdownNow();
    }

    @TestFactory
    Stream<DynamicTest> killedThereItEndsAsIfNothingHadHappened() {
        List<Cell> cells =
                Stream.of(Failpoint.values())
                        .flatMap(point ->
                                Stream.of(Column.values())
                                        .filter(column -> column.concerns(point))
                                        .map(column -> new Cell(point, column)))
                        .toList();
        Map<Cell, Future<?>> running = new LinkedHashMap<>();
        cells.forEach(cell -> running.put(cell, processes.submit(() -> killAndGoOn(cell))));
        return Stream.concat(
                cells.stream()
                        .map(cell ->
                                DynamicTest.dynamicTest(
                                        cell.toString(), () -> join(running.get(cell)))),
                Stream.of(
                        DynamicTest.dynamicTest(
                                "the page shows what came out", this::thePageShowsTheMatrix)));
    }

    private @Nullable Void killAndGoOn(Cell cell) throws Exception {
        try (Run run = new Run(cell.point + "-" + cell.column, cell.column, 1, SINGLY)) {
            run.killedAt(cell.point, cell.pass());
            run.holdsWholeWindowsOnly();
            run.goesOnToItsEnd();

            run.holdsTheTruth();
            run.isAsUndisturbed();
            List<String> again = run.pagesAskedAgain();
            // the page that was in flight, and the last committed one, which is compared
            assertThat(again).hasSizeLessThanOrEqualTo(2).doesNotHaveDuplicates();
            pagesAskedAgain.put(cell, again.size());
        }
        return null;
    }

    private void thePageShowsTheMatrix() throws IOException {
        String table = table();
        System.out.println(table);
        String page = Files.readString(PAGE);
        if ("write".equals(System.getProperty("tidemark.kill-matrix"))) {
            Files.writeString(
                    PAGE,
                    page.replaceFirst(
                            "(?m)(^\\|.*\n)+", java.util.regex.Matcher.quoteReplacement(table)));
        }
        assertThat(Files.readString(PAGE))
                .as("-Dtidemark.kill-matrix=write writes the table there")
                .contains("\n\n" + table + "\n");
    }

    private String table() {
        List<Column> columns = List.of(Column.values());
        StringBuilder table = new StringBuilder("| killed at | where |");
        columns.forEach(column -> table.append(" %s |".formatted(column.title)));
        table.append("\n|---|---|").append("---|".repeat(columns.size())).append("\n");
        for (Failpoint point : Failpoint.values()) {
            table.append("| `%s` | %s |".formatted(point, point.meaning()));
            for (Column column : columns) {
                Integer again = pagesAskedAgain.get(new Cell(point, column));
                table.append(" %s |".formatted(again == null ? "" : again));
            }
            table.append("\n");
        }
        return table.toString();
    }

    /**
     * Kills at seeded edges and after seeded times, several in a row, with two windows at once;
     * every second time with groups, as users have them.
     */
    @Test
    void killedAtRandomAndOftenItEndsAsIfNothingHadHappened() throws Exception {
        System.out.println("random kills: -Dtidemark.seed=" + SEED);
        List<Future<?>> rounds = new ArrayList<>();
        for (int round = 0; round < RANDOM_ROUNDS; round++) {
            long seed = SEED + round;
            rounds.add(processes.submit(() -> killAtRandom(seed)));
        }
        for (Future<?> round : rounds) {
            join(round);
        }
    }

    private @Nullable Void killAtRandom(long seed) throws Exception {
        Random random = new Random(seed);
        String[] groups = seed % 2 == 0 ? SINGLY : new String[0];
        try (Run run = new Run("random-" + seed, Column.ALL, 2, groups)) {
            int kills = 0;
            List<String> story = new ArrayList<>();
            boolean killed = true;
            for (int planned = 2 + random.nextInt(3); killed && planned > 0; planned--) {
                if (random.nextBoolean()) {
                    Failpoint[] points = Failpoint.values();
                    Cell cell = new Cell(points[random.nextInt(points.length)], Column.ALL);
                    int pass = cell.pass() == 1 ? 1 : 1 + random.nextInt(3);
                    story.add("at %s:%d".formatted(cell.point, pass));
                    killed = run.haltsAt(cell.point, pass);
                } else {
                    int pages = random.nextInt(4);
                    Duration more = Duration.ofMillis(random.nextInt(300));
                    story.add("%d ms after page %d".formatted(more.toMillis(), pages));
                    killed = run.killedAfter(pages, more);
                }
                kills += killed ? 1 : 0;
                run.holdsWholeWindowsOnly();
            }
            story.add("%d times killed".formatted(kills));
            System.out.println("random kills, seed %d: %s".formatted(seed, story));
            run.goesOnToItsEnd();

            run.holdsTheTruth();
            run.isAsUndisturbed();
            if (groups == SINGLY) {
                assertThat(run.pagesAskedAgain()).hasSizeLessThanOrEqualTo(kills * 2 * 2);
            }
        }
        return null;
    }

    private static void join(Future<?> future) throws Exception {
        try {
            future.get();
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case Exception exception -> throw exception;
                case Error error -> throw error;
                case null, default -> throw failure;
            }
        }
    }

    /** One job with a sandbox, a directory and databases of its own. */
    private final class Run implements AutoCloseable {
        private final Column column;
        private final Sandbox sandbox = Sandbox.start(DATA);
        private final PostgresForTests.Database database = PostgresForTests.fresh();
        private final Workspace workspace;
        private final String state;
        private final List<String> options;

        Run(String name, Column column, int connections, String... options) throws SQLException {
            this.column = column;
            this.options = List.of(options);
            this.workspace = new Workspace(directory.resolve(name)).job(job(connections));
            this.state =
                    column == Column.STATE_ON_A_SERVER
                            ? "%s?user=%s&password=%s"
                                    .formatted(
                                            database.url(),
                                            database.username(),
                                            database.password())
                            : workspace.state().toString();
        }

        private String job(int connections) {
            StringBuilder job = new StringBuilder(JOB);
            for (String kind : FILES) {
                if (column.hasFiles(kind)) {
                    job.append("  - %s: { path: DIR/%s }\n".formatted(kind, kind));
                }
            }
            if (column.hasTable()) {
                job.append(
                        "  - postgres: { url: \"%s\", username: %s, password: \"${PASSWORD}\", table: async_invocations }\n"
                                .formatted(database.url(), database.username()));
            }
            return job.toString()
                    .replace("ENDPOINT", sandbox.endpoint().toString())
                    .replace("PROJECT", sandbox.project())
                    .replace("CONNECTIONS", connections + "");
        }

        /** In a process of its own, too, as it is where a scheduler starts it again. */
        void goesOnToItsEnd() throws Exception {
            Screen screen = screen(start());
            if (screen.exit() != 0 && Files.exists(log())) {
                throw new AssertionError("%s%n%s".formatted(screen, Files.readString(log())));
            }
            screen.endsWith(0);
        }

        private Path log() {
            Path state =
                    column == Column.STATE_ON_A_SERVER
                            ? workspace.directory().resolve(".tidemark")
                            : workspace.state();
            return state.resolve("killed.log");
        }

        /** The process stands still at the edge, and the kernel ends it there. */
        void killedAt(Failpoint point, int pass) throws Exception {
            Path sign = workspace.directory().resolve("standing-still");
            Process process = start("-Dtidemark.failpoint=%s:%d:%s".formatted(point, pass, sign));
            await().pollInterval(Duration.ofMillis(10))
                    .atMost(PATIENCE)
                    .until(() -> Files.exists(sign) || !process.isAlive());
            process.destroyForcibly();
            assertThat(process.waitFor()).as("SIGKILL at %s", point).isEqualTo(128 + 9);
            Files.delete(sign);
        }

        /** Whether the process got there. */
        boolean haltsAt(Failpoint point, int pass) throws Exception {
            Screen screen = screen(start("-Dtidemark.failpoint=%s:%d".formatted(point, pass)));
            assertThat(screen.exit()).as(screen.toString()).isIn(0, 128 + 9);
            return screen.exit() != 0;
        }

        /** Whether the process was still there so long after it had asked for so many pages. */
        boolean killedAfter(int pages, Duration more) throws Exception {
            int before = pages().size();
            Process process = start();
            await().pollInterval(Duration.ofMillis(10))
                    .atMost(PATIENCE)
                    .until(() -> pages().size() >= before + pages || !process.isAlive());
            boolean ended = process.waitFor(more.toMillis(), TimeUnit.MILLISECONDS);
            process.destroyForcibly();
            assertThat(process.waitFor()).isIn(0, 128 + 9);
            return !ended;
        }

        private Process start(String... more) throws IOException {
            List<String> command = new ArrayList<>();
            command.addAll(List.of(JAVA, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
            command.addAll(List.of("-Xshare:auto", "-XX:+AutoCreateSharedArchive"));
            command.add("-XX:SharedArchiveFile=" + directory.resolve("classes.jsa"));
            command.addAll(options);
            command.addAll(Arrays.asList(more));
            command.addAll(List.of("-jar", PROGRAM.toString(), "apply"));
            command.addAll(List.of(workspace.jobFile().toString(), "--state", state));
            command.add("--auto-approve");
            ProcessBuilder process =
                    new ProcessBuilder(command)
                            .directory(workspace.directory().toFile())
                            .redirectOutput(workspace.directory().resolve("out.txt").toFile())
                            .redirectError(workspace.directory().resolve("err.txt").toFile());
            process.environment()
                    .putAll(
                            Map.of(
                                    "TOKEN",
                                    sandbox.token(),
                                    "PASSWORD",
                                    PostgresForTests.PASSWORD));
            return process.start();
        }

        private Screen screen(Process process) throws Exception {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return new Screen(
                    process.exitValue(),
                    Files.readString(workspace.directory().resolve("out.txt")),
                    Files.readString(workspace.directory().resolve("err.txt")));
        }

        void holdsTheTruth() throws SQLException {
            List<List<@Nullable Object>> truth = Workspace.truth(sandbox, record -> true);
            assertThat(truth).hasSize(60);
            if (column.hasFiles("csv")) {
                assertThat(workspace.csvRows()).isEqualTo(truth);
            }
            if (column.hasFiles("ndjson")) {
                assertThat(workspace.ndjsonRows()).isEqualTo(truth);
            }
            if (column.hasFiles("parquet")) {
                assertThat(workspace.parquetRows()).isEqualTo(truth);
            }
            if (column.hasTable()) {
                assertThat(Workspace.postgresRows(database)).isEqualTo(truth);
            }
        }

        /** Of what readers see: names that begin with an underscore are ignored by them. */
        void holdsWholeWindowsOnly() throws SQLException {
            Map<String, String> visible = exported();
            visible.keySet().removeIf(name -> name.contains("/_"));
            assertThat(undisturbed.get(column).exported()).containsAllEntriesOf(visible);
            if (column.hasTable() && tablesExist()) {
                assertThat(
                                Rows.of(
                                        database,
                                        "SELECT (SELECT count(*) FROM async_invocations) - coalesce(sum(row_count), 0) FROM tidemark_receipts"))
                        .isEqualTo(List.of(List.of(BigDecimal.ZERO)));
            }
        }

        private boolean tablesExist() throws SQLException {
            return !Rows.of(database, "SELECT 1 WHERE to_regclass('tidemark_receipts') IS NOT NULL")
                    .isEmpty();
        }

        void isAsUndisturbed() throws SQLException {
            Undisturbed expected = undisturbed.get(column);
            assertThat(exported()).isEqualTo(expected.exported());
            assertThat(names()).as("what is left over").isEqualTo(expected.names());
            assertThat(targetReceipts()).isEqualTo(expected.targetReceipts());
            assertThat(new HashSet<>(pages())).isEqualTo(new HashSet<>(expected.pages()));
            assertThat(stillRunning()).as("what the batch job believes is running").isEmpty();
            plan().endsWith(0);
        }

        /**
         * In the test's own process, which is quicker; ends with 0 where there is nothing to do.
         */
        private Screen plan() {
            return Screen.of(
                    "plan",
                    workspace.jobFile().toString(),
                    "--state",
                    state,
                    "--detailed-exitcode",
                    "--var",
                    "TOKEN=" + sandbox.token(),
                    "--var",
                    "PASSWORD=" + PostgresForTests.PASSWORD);
        }

        /** Every file below the directory: what was exported, state, stage, drafts. */
        Set<String> names() {
            return workspace.files("").keySet();
        }

        Map<String, String> exported() {
            Map<String, String> exported = new TreeMap<>();
            FILES.forEach(kind -> exported.putAll(workspace.files(kind)));
            return exported;
        }

        List<List<@Nullable Object>> targetReceipts() throws SQLException {
            return column.hasTable()
                    ? Rows.of(
                            database,
                            "SELECT function_urn, window_from, window_to, generation, row_count, rows_inside, keys_inside FROM tidemark_receipts ORDER BY window_from")
                    : List.of();
        }

        private List<List<@Nullable Object>> stillRunning() throws SQLException {
            String url =
                    column == Column.STATE_ON_A_SERVER
                            ? state
                            : "jdbc:h2:file:%s;ACCESS_MODE_DATA=r" // or its seal would be broken
                                    .formatted(workspace.state().resolve("killed"));
            try (Connection connection = DriverManager.getConnection(url)) {
                return Rows.of(
                        connection,
                        """
                        SELECT 'job', job_execution_id, status FROM batch_job_execution
                        WHERE status NOT IN ('COMPLETED', 'FAILED', 'ABANDONED')
                        UNION ALL SELECT step_name, step_execution_id, status FROM batch_step_execution
                        WHERE status NOT IN ('COMPLETED', 'FAILED', 'ABANDONED')
                        """);
            }
        }

        /** The pages that were asked for, without the questions of plans. */
        List<String> pages() {
            return sandbox.requests().stream()
                    .filter(request -> request.path().contains("async-invocations"))
                    .map(Request::query)
                    .filter(query -> Arrays.asList(query.split("&")).contains(PAGE_LIMIT))
                    .map(query -> Stream.of(query.split("&")).sorted().collect(joining("&")))
                    .toList();
        }

        /** Each as often as it was asked for once more than needed. */
        List<String> pagesAskedAgain() {
            List<String> again = new ArrayList<>(pages());
            new HashSet<>(again).forEach(again::remove);
            return again;
        }

        @Override
        public void close() {
            sandbox.close();
        }
    }
}
