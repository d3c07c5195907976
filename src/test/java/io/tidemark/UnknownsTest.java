package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Screen;
import io.tidemark.sandbox.Behaviour;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.Workspace;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever the source does where its vendor is silent, an export is what it holds: every value of
 * every switch of the sandbox, and what a window filters in all combinations.
 */
class UnknownsTest {
    private static final SandboxSettings SETTINGS =
            SandboxSettings.DEFAULT
                    .withFunctions(3)
                    .withRecords(1200)
                    .withDays(1)
                    .withSeed(5)
                    .withUntil(Instant.parse("2026-11-01T00:00:00Z"));

    /** Pages so small that every window has several, but for those that are idle. */
    private static final String JOB =
            """
            job: test
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["*"]
              page-size: PAGE
              requests-per-second: 100000
            window: { from: 2026-10-31, to: 2026-11-01T00:00:00Z, every: PT4H, lag: PT0S }
            max-quarantined: 1000
            sinks:
              - csv: { path: DIR/csv }
              - parquet: { path: DIR/parquet }
              - postgres: { url: "URL", username: postgres, password: "${PASSWORD}", table: async_invocations }
            """;

    @TempDir private Path directory = Path.of("");

    static Stream<Behaviour> everyValue() {
        return Behaviour.values().map(value -> Behaviour.plain().with(value));
    }

    static Stream<Behaviour> everyMeaningOfTheWindow() {
        return Stream.of(Behaviour.WindowTime.values())
                .flatMap(time ->
                        Stream.of(Behaviour.BeginBound.values())
                                .flatMap(begin ->
                                        Stream.of(Behaviour.EndBound.values())
                                                .flatMap(end ->
                                                        Stream.of(
                                                                        Behaviour.TimeFormat.PLAIN,
                                                                        Behaviour.TimeFormat
                                                                                .FRACTION)
                                                                .map(format ->
                                                                        Behaviour.plain()
                                                                                .with(
                                                                                        time, begin,
                                                                                        end,
                                                                                        format)))));
    }

    @ParameterizedTest
    @MethodSource("everyValue")
    void anExportIsWhatTheSandboxHolds(Behaviour behaviour) throws Exception {
        isWhatTheSandboxHolds(SETTINGS.withBehaviour(behaviour), 25);
    }

    /** With so many records that some run across the bounds of every window. */
    @ParameterizedTest
    @MethodSource("everyMeaningOfTheWindow")
    void anExportIsWhatTheSandboxHoldsWhateverTheWindowFilters(Behaviour behaviour)
            throws Exception {
        isWhatTheSandboxHolds(SETTINGS.withRecords(10_000).withBehaviour(behaviour), 500);
    }

    private void isWhatTheSandboxHolds(SandboxSettings settings, int pageSize) throws Exception {
        Behaviour behaviour = settings.behaviour();
        PostgresForTests.Database database = PostgresForTests.fresh();
        try (Sandbox sandbox = Sandbox.start(settings)) {
            Workspace workspace =
                    new Workspace(directory)
                            .job(
                                    JOB.replace("ENDPOINT", sandbox.endpoint().toString())
                                            .replace("PROJECT", sandbox.project())
                                            .replace("PAGE", Integer.toString(pageSize))
                                            .replace("URL", database.url()));

            Screen screen =
                    workspace
                            .run("apply", "--auto-approve", "--var", "TOKEN=" + sandbox.token())
                            .endsWith(exit(behaviour));

            List<List<@Nullable Object>> truth = truth(sandbox, behaviour);
            assertThat(workspace.csvRows()).isEqualTo(truth).isNotEmpty();
            assertThat(workspace.parquetRows()).isEqualTo(truth);
            assertThat(Workspace.postgresRows(database)).isEqualTo(truth);
            assertThat(screen.out().contains("unproven"))
                    .as(screen.out())
                    .isEqualTo(provesNothing(behaviour));
        }
    }

    /** With the functions as the source lists them. */
    private static List<List<@Nullable Object>> truth(Sandbox sandbox, Behaviour behaviour) {
        List<List<@Nullable Object>> truth = Workspace.truth(sandbox, record -> true);
        if (behaviour.of(Behaviour.ListedUrn.class) == Behaviour.ListedUrn.WITH_LATEST) {
            truth.forEach(row -> row.set(0, row.get(0) + ":latest"));
        }
        return truth;
    }

    private static int exit(Behaviour behaviour) {
        return behaviour.of(Behaviour.Count.class) == Behaviour.Count.TOO_HIGH ? 3 : 0;
    }

    /** Where the source's word cannot tell a whole window from one that lacks something. */
    private static boolean provesNothing(Behaviour behaviour) {
        return switch (behaviour.of(Behaviour.Count.class)) {
            case ABSENT, PAGE_ROWS, TOO_LOW -> true;
            case TOTAL, TEXT, TOO_HIGH ->
                    behaviour.of(Behaviour.Persistence.class) != Behaviour.Persistence.ON;
        };
    }
}
