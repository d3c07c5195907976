package io.tidemark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Screen;
import io.tidemark.failpoint.Failpoint;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.Workspace;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Lets a reading fail where it writes and commits, for every page and every sink, goes on, and
 * compares with the truth and with a reading that nothing disturbed. What is left of a process that
 * is killed is {@code KillMatrixIT}'s.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InterruptTest {
    private static final String JOB =
            """
            job: interrupted
            source:
              sandbox: { functions: 1, records: 160, days: 1, seed: 7, until: 2026-11-01T00:00:00Z }
              page-size: 50
              connections: 1
            window: { from: 2026-10-31, to: 2026-11-01 }
            sinks:
              - csv: { path: DIR/csv }
              - parquet: { path: DIR/parquet }
              - postgres: { url: "URL", username: USER, password: "${PASSWORD}", table: async_invocations }
            """;

    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @TempDir private static Path directory = Path.of("");
    private List<List<@Nullable Object>> truth = List.of();
    private List<List<@Nullable Object>> undisturbedCsvRows = List.of();
    private List<List<@Nullable Object>> undisturbedParquetRows = List.of();
    private Map<String, String> undisturbedCsv = Map.of();
    private Map<String, String> undisturbedParquet = Map.of();

    @BeforeAll
    void anUndisturbedReading() throws Exception {
        try (Sandbox sandbox =
                Sandbox.start(
                        SandboxSettings.DEFAULT
                                .withFunctions(1)
                                .withRecords(160)
                                .withDays(1)
                                .withSeed(7)
                                .withUntil(Instant.parse("2026-11-01T00:00:00Z")))) {
            truth = Workspace.truth(sandbox, record -> true);
        }
        PostgresForTests.Database database = PostgresForTests.fresh();
        Workspace workspace = workspace("undisturbed", database);
        workspace.apply().endsWith(0);
        undisturbedCsvRows = workspace.csvRows();
        undisturbedParquetRows = workspace.parquetRows();
        undisturbedCsv = workspace.files("csv");
        undisturbedParquet = workspace.files("parquet");
    }

    @AfterEach
    void disarm() {
        Failpoint.disarm();
        System.clearProperty("tidemark.groups");
    }

    @Test
    void theUndisturbedReadingHoldsTheTruth() {
        assertThat(truth).hasSize(160);
        assertThat(undisturbedCsvRows).isEqualTo(truth);
        assertThat(undisturbedParquetRows).isEqualTo(truth);
    }

    @ParameterizedTest
    @EnumSource(
            value = Failpoint.class,
            names = {
                "PAGE_READ",
                "CHUNK_SAVED",
                "CHUNK_COMMITTED",
                "PUBLISHED",
                "RECEIPT_SAVED",
                "ENTRY_SAVED",
                "ENTRY_COMMITTED"
            })
    void endsInTheSameBytesAndRowsWhereverItWasInterrupted(Failpoint point) throws Exception {
        System.setProperty("tidemark.groups", "off");
        int interruptions = 0;
        for (int pass = 1; ; pass++) {
            PostgresForTests.Database database = PostgresForTests.fresh();
            Workspace workspace = workspace(point + "-" + pass, database);
            Failpoint.arm(
                    point,
                    pass,
                    () -> {
                        throw new Interrupted();
                    });

            Screen screen = workspace.apply();
            Failpoint.disarm();
            if (screen.exit() == 0) {
                break; // it passes there less often than that
            }
            interruptions++;
            screen.endsWith(3);
            goesOnToTheSameEnd(workspace, database);
        }
        int expected =
                switch (point) {
                    case PAGE_READ -> 4; // pages
                    // pages, what the source says at the end, and the end
                    case CHUNK_SAVED, CHUNK_COMMITTED -> 6;
                    case PUBLISHED, RECEIPT_SAVED -> 3; // sinks
                    default -> 1;
                };
        assertThat(interruptions).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(
            value = Failpoint.class,
            names = {"GROUP_WRITTEN", "GROUP_COMMITTED"})
    void aGroupThatFailsEndsTheRunAndIsDoneAgain(Failpoint point) throws Exception {
        PostgresForTests.Database database = PostgresForTests.fresh();
        Workspace workspace = workspace(point.toString(), database);
        Failpoint.arm(
                point,
                1,
                () -> {
                    throw new Interrupted();
                });

        Screen screen = workspace.apply();
        Failpoint.disarm();

        assertThat(screen.exit()).isIn(1, 3);
        goesOnToTheSameEnd(workspace, database);
    }

    private void goesOnToTheSameEnd(Workspace workspace, PostgresForTests.Database database)
            throws Exception {
        workspace.apply().endsWith(0);

        assertThat(workspace.csvRows()).isEqualTo(truth);
        assertThat(Workspace.postgresRows(database)).isEqualTo(truth);
        assertThat(workspace.files("csv")).isEqualTo(undisturbedCsv);
        assertThat(workspace.files("parquet")).isEqualTo(undisturbedParquet);
        workspace.run("plan", "--detailed-exitcode").endsWith(0);
    }

    private Workspace workspace(String name, PostgresForTests.Database database) {
        return new Workspace(directory.resolve(name))
                .job(JOB.replace("URL", database.url()).replace("USER", database.username()));
    }
}
