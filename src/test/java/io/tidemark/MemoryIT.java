package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.sandbox.Behaviour;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.Rows;
import io.tidemark.testing.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The heap does not grow with the records of a window. How far that goes, the benchmark shows. */
@Tag("proof")
class MemoryIT {
    private static final int RECORDS = 400_000;

    /** Less than the records of the window take, however they are kept. */
    private static final String HEAP = "-Xmx96m";

    private static final String JOB =
            """
            job: memory
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["*"]
              requests-per-second: 100000
              connections: 1
            window: { from: 2026-10-31, to: 2026-11-01T00:00:00Z, lag: PT0S }
            sinks:
              - csv: { path: DIR/csv }
              - parquet: { path: DIR/parquet }
            """;

    @TempDir private Path directory = Path.of("");

    @Test
    void aWindowLargerThanTheHeapIsExported() throws Exception {
        SandboxSettings settings =
                SandboxSettings.DEFAULT
                        .withFunctions(1)
                        .withRecords(RECORDS)
                        .withDays(1)
                        .withSeed(4)
                        .withUntil(Instant.parse("2026-11-01T00:00:00Z"))
                        .withBehaviour(Behaviour.RequestIds.OPAQUE);
        try (Sandbox sandbox = Sandbox.start(settings)) {
            Workspace workspace =
                    new Workspace(directory)
                            .job(
                                    JOB.replace("ENDPOINT", sandbox.endpoint().toString())
                                            .replace("PROJECT", sandbox.project()));
            ProcessBuilder program =
                    new ProcessBuilder(
                                    Path.of("tidemark").toAbsolutePath().toString(),
                                    "apply",
                                    workspace.jobFile().toString(),
                                    "--auto-approve",
                                    "--state",
                                    workspace.state().toString(),
                                    "--var",
                                    "TOKEN=" + sandbox.token())
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("screen.txt").toFile());
            program.environment().put("TIDEMARK_JAVA_OPTS", HEAP);

            Process process = program.start();

            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue())
                    .as(Files.readString(directory.resolve("screen.txt")))
                    .isZero();
            assertThat(sandbox.requests().size())
                    .as("each page is asked for once, but for a few to plan by")
                    .isBetween(RECORDS / 500, RECORDS / 500 + 50);
            for (String files : List.of("csv", "parquet")) {
                assertThat(
                                Rows.ofDuckDb(
                                        "SELECT count(*), count(DISTINCT request_id) FROM '%s/%s/**/*.%s'"
                                                .formatted(directory, files, files)))
                        .containsExactly(List.of((long) RECORDS, (long) RECORDS));
            }
        }
    }
}
