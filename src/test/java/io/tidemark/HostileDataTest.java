package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Screen;
import io.tidemark.sandbox.Behaviour;
import io.tidemark.sandbox.FunctionUrn;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.util.FileSystemUtils;

/** Records whose every text was made to break whoever writes, reads, prints or opens it. */
class HostileDataTest {
    private static final SandboxSettings SETTINGS =
            SandboxSettings.DEFAULT
                    .withFunctions(10)
                    .withRecords(2500)
                    .withDays(1)
                    .withSeed(5)
                    .withUntil(Instant.parse("2026-11-01T00:00:00Z"))
                    .withBehaviour(
                            Behaviour.Messages.HOSTILE,
                            Behaviour.Names.HOSTILE,
                            Behaviour.RequestIds.HOSTILE,
                            Behaviour.StatusWords.SOME_UNKNOWN);

    private static final String JOB =
            """
            job: test
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["*"]
              requests-per-second: 10000
            window: { from: 2026-10-31, to: 2026-11-01 }
            sinks:
              - csv: { path: DIR/csv }
              - parquet: { path: DIR/parquet }
            """;

    @TempDir private Path directory = Path.of("");

    @Test
    void everySinkHoldsTheTruth() throws Exception {
        PostgresForTests.Database database = PostgresForTests.fresh();
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(Behaviour.Years.SOME_ABSURD))) {
            Workspace workspace =
                    workspace(
                            sandbox,
                            JOB
                                    + "  - postgres: { url: \"%s\", username: %s, password: \"${PASSWORD}\", table: async_invocations }\n"
                                            .formatted(database.url(), database.username()));

            run(workspace, sandbox, "apply", "--auto-approve").endsWith(0);

            List<List<@Nullable Object>> truth = Workspace.truth(sandbox, record -> true);
            assertThat(truth).hasSize(2500);
            assertThat(workspace.csvRows()).isEqualTo(truth);
            assertThat(workspace.parquetRows()).isEqualTo(truth);
            assertThat(Workspace.postgresRows(database)).isEqualTo(truth);
            run(workspace, sandbox, "verify").endsWith(0);
        }
    }

    @Test
    void everyFunctionHasADirectoryOfItsOwn() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace workspace = workspace(sandbox, JOB);
            run(workspace, sandbox, "apply", "--auto-approve").endsWith(0);

            for (String sink : List.of("csv", "parquet")) {
                try (Stream<Path> directories = Files.list(directory.resolve(sink))) {
                    assertThat(directories.map(each -> each.getFileName().toString()))
                            .hasSize(sandbox.functions().size() - 1) // one is idle
                            .allMatch(name -> name.matches("function=[A-Za-z0-9_%.~-]+"))
                            .allMatch(name -> name.length() <= 255)
                            .contains(
                                    "function=default.orders.latest",
                                    "function=default.Orders.latest",
                                    "function=%2E%2E.%2E%2E%2F%2E%2E%2F%2E%2E%2Fetc%2Fpasswd.latest");
                }
            }
            assertThat(directory)
                    .isDirectoryNotContaining("glob:**/{etc,passwd}")
                    .isDirectoryNotContaining("glob:**/function*");
        }
    }

    /** A database holds neither NUL nor half a character: such records are kept beside it. */
    @ParameterizedTest
    @EnumSource(names = {"NUL_IN_MESSAGE", "LONE_SURROGATE_IN_MESSAGE", "NO_REQUEST_ID"})
    void whatNoSinkHoldsIsQuarantinedAndTheRestIsThere(Behaviour.Damage damage) throws Exception {
        PostgresForTests.Database state = PostgresForTests.fresh();
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(damage))) {
            Workspace workspace = workspace(sandbox, JOB);
            String url =
                    "%s?user=%s&password=%s"
                            .formatted(state.url(), state.username(), state.password());

            Screen screen =
                    withState(url, "apply", workspace, sandbox, "--auto-approve").endsWith(3);

            assertThat(screen.out()).contains(", %d quarantined".formatted(sandbox.damaged()));
            assertThat(workspace.csvRows()).isEqualTo(Workspace.truth(sandbox, record -> true));
            assertThat(printable(withState(url, "state show", workspace, sandbox)))
                    .contains("quarantined");
        }
    }

    private static Screen withState(
            String url, String command, Workspace workspace, Sandbox sandbox, String... args) {
        List<String> line = new ArrayList<>(List.of(command.split(" ")));
        line.addAll(List.of(workspace.jobFile().toString(), "--state", url));
        line.addAll(List.of("--var", "TOKEN=" + sandbox.token()));
        line.addAll(List.of(args));
        return Screen.of(line.toArray(String[]::new));
    }

    // terminals

    @Test
    void nothingOfItReachesATerminal() throws Exception {
        Workspace workspace = new Workspace(directory);
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(Behaviour.Count.TOO_HIGH))) {
            fill(workspace, sandbox, JOB);
            printable(run(workspace, sandbox, "plan"));
            printable(run(workspace, sandbox, "plan", "--json"));
            printable(run(workspace, sandbox, "apply", "--auto-approve").endsWith(3));
            printable(run(workspace, sandbox, "state list"));
            printable(run(workspace, sandbox, "state show"));
            printable(run(workspace, sandbox, "plan", "--function", "default:nobody").endsWith(1));
        }
        // what the source has forgotten is named by its id
        try (Sandbox forgetful = Sandbox.start(SETTINGS.withRetention(Duration.ofHours(12)))) {
            fill(workspace, forgetful, JOB);
            assertThat(printable(run(workspace, forgetful, "apply", "--auto-approve").endsWith(3)))
                    .contains("does not list")
                    .contains("such as");
            printable(run(workspace, forgetful, "plan"));
            printable(run(workspace, forgetful, "plan", "--json"));
            printable(run(workspace, forgetful, "apply", "--auto-approve", "--json").endsWith(3));
            printable(run(workspace, forgetful, "state show"));
            FileSystemUtils.deleteRecursively(directory.resolve("csv"));
            printable(run(workspace, forgetful, "verify").endsWith(2));
            printable(run(workspace, forgetful, "verify", "--json").endsWith(2));
        }
    }

    private static String printable(Screen screen) {
        assertPrintable(screen.out());
        assertPrintable(screen.err());
        return screen.out();
    }

    /** Nothing that moves a cursor, colours, reorders or hides: only text and ends of lines. */
    private static void assertPrintable(String text) {
        assertThat(
                        text.codePoints()
                                .filter(c -> c != '\n')
                                .filter(c ->
                                        switch (Character.getType(c)) {
                                            case Character.CONTROL,
                                                    Character.FORMAT,
                                                    Character.SURROGATE,
                                                    Character.LINE_SEPARATOR,
                                                    Character.PARAGRAPH_SEPARATOR ->
                                                    true;
                                            default -> false;
                                        })
                                .mapToObj("U+%04X"::formatted)
                                .distinct())
                .as(text)
                .isEmpty();
    }

    // spreadsheets

    @Test
    void aFormulaGuardIsAFormOfItsOwnAndCanBeSwitchedWithoutTheSource() throws Exception {
        Workspace workspace = new Workspace(directory);
        List<List<@Nullable Object>> truth;
        String bare = JOB.replace("  - parquet: { path: DIR/parquet }\n", "");
        String guarded = bare.replace("DIR/csv", "DIR/csv, formula-guard: true");
        int port;
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            fill(workspace, sandbox, bare);
            run(workspace, sandbox, "apply", "--auto-approve").endsWith(0);
            truth = Workspace.truth(sandbox, record -> true);
            port = sandbox.endpoint().getPort();
        }
        Object before = workspace.files("csv");
        // everything is forgotten: nothing can come from the source any more
        try (Sandbox sandbox =
                Sandbox.start(SETTINGS.withPort(port).withRetention(Duration.ofSeconds(1)))) {
            fill(workspace, sandbox, guarded);
            assertThat(run(workspace, sandbox, "plan").out())
                    .contains("republish")
                    .contains("(formula-guard): it was");
            run(workspace, sandbox, "apply", "--auto-approve").endsWith(0);

            assertThat(workspace.csvRows()).isEqualTo(guarded(truth)).isNotEqualTo(truth);
            run(workspace, sandbox, "verify").endsWith(0);
            assertThat(run(workspace, sandbox, "apply", "--auto-approve").out())
                    .contains("Nothing to do");

            fill(workspace, sandbox, bare);
            run(workspace, sandbox, "apply", "--auto-approve").endsWith(0);
            assertThat(workspace.files("csv")).isEqualTo(before);
        }
    }

    @Test
    void aGuardedFileHealsAnotherSinkWithTheTruth() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace workspace =
                    workspace(sandbox, JOB.replace("DIR/csv", "DIR/csv, formula-guard: true"));
            run(workspace, sandbox, "apply", "--auto-approve").endsWith(0);
            Object parquet = workspace.files("parquet");
            FileSystemUtils.deleteRecursively(directory.resolve("parquet"));
            int asked = pagesAsked(sandbox);

            run(workspace, sandbox, "apply", "--auto-approve").endsWith(0);

            assertThat(workspace.files("parquet")).isEqualTo(parquet);
            assertThat(pagesAsked(sandbox)).isEqualTo(asked);
        }
    }

    private static int pagesAsked(Sandbox sandbox) {
        return (int)
                sandbox.requests().stream()
                        .filter(request -> request.path().endsWith("/async-invocations"))
                        .count();
    }

    private static List<List<@Nullable Object>> guarded(List<List<@Nullable Object>> rows) {
        return rows.stream()
                .<List<@Nullable Object>>map(row -> {
                    List<@Nullable Object> cells = new ArrayList<>(row);
                    cells.replaceAll(cell ->
                            cell instanceof String text
                                            && text.matches("(?s)'*[=+\\-@\t\r\n＝＋－＠].*")
                                    ? "'" + text
                                    : cell);
                    return cells;
                })
                .sorted(
                        java.util.Comparator.<List<@Nullable Object>, String>comparing(
                                        row -> (String) row.get(0))
                                .thenComparing(row -> (String) row.get(1)))
                .toList();
    }

    @Test
    void functionsOfTwoProjectsDoNotShareFiles() {
        FunctionUrn first = FunctionUrn.of("urn:fss:eu-de:p1:function:default:orders");
        FunctionUrn second = FunctionUrn.of("urn:fss:eu-de:p2:function:default:orders");
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace workspace =
                    workspace(
                            sandbox,
                            JOB.replace("\"*\"", "\"%s\", \"%s\"".formatted(first, second)));

            Screen screen =
                    run(workspace, sandbox, "apply", "--auto-approve", "--refresh=false")
                            .endsWith(1);

            assertThat(screen.err()).contains("would share a directory").contains(":p1:");
            assertThat(workspace.directory().toFile().list()).containsExactly("job.yaml");
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

    private static Screen run(
            Workspace workspace, Sandbox sandbox, String command, String... args) {
        String[] all = java.util.Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--var";
        all[args.length + 1] = "TOKEN=" + sandbox.token();
        return workspace.run(command, all);
    }
}
