package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.sandbox.Faults;
import io.tidemark.sandbox.Request;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.Workspace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One request in three fails, in every way there is, while eight windows are read at once. */
class FaultStormTest {
    private static final int REQUESTS_PER_SECOND = 5;
    private static final long SEED = 20261123;

    private static final SandboxSettings STORM =
            SandboxSettings.DEFAULT
                    .withFunctions(4)
                    .withRecords(4_000)
                    .withDays(4)
                    .withSeed(9)
                    .withUntil(Instant.parse("2026-11-01T00:00:00Z"))
                    .withFaults(
                            new Faults(
                                    1.0 / 3,
                                    EnumSet.allOf(Faults.Kind.class),
                                    SEED,
                                    Duration.ofMillis(300),
                                    REQUESTS_PER_SECOND + 20));

    private static final String JOB =
            """
            job: storm
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["*"]
              page-size: 100
              connections: 8
              requests-per-second: 5
            window: { from: 2026-10-28, to: 2026-11-01T00:00:00Z, lag: PT0S }
            sinks:
              - csv: { path: DIR/csv }
              - parquet: { path: DIR/parquet }
            """;

    @TempDir private Path directory = Path.of("");

    @Test
    void endsRightAndWithinItsBudget() throws Exception {
        try (Sandbox sandbox = Sandbox.start(STORM)) {
            Workspace workspace =
                    new Workspace(directory)
                            .job(
                                    JOB.replace("ENDPOINT", sandbox.endpoint().toString())
                                            .replace("PROJECT", sandbox.project()));

            workspace
                    .run("apply", "--auto-approve", "--var", "TOKEN=" + sandbox.token())
                    .endsWith(0);

            assertThat(workspace.csvRows()).isEqualTo(Workspace.truth(sandbox, record -> true));
            assertThat(workspace.parquetRows()).isEqualTo(Workspace.truth(sandbox, record -> true));
            assertThat(failed(sandbox.requests())).isBetween(0.2, 0.5);
            assertThat(mostInOneSecond(sandbox.requests()))
                    .isLessThanOrEqualTo(2 * REQUESTS_PER_SECOND);
        }
    }

    private static double failed(List<Request> requests) {
        return requests.stream().filter(request -> request.status() != 200).count()
                / (double) requests.size();
    }

    /** Some answers take long, so that more than the budget may arrive in one second. */
    private static long mostInOneSecond(List<Request> requests) {
        List<Instant> times = requests.stream().map(Request::at).sorted().toList();
        int first = 0;
        int most = 0;
        for (int last = 0; last < times.size(); last++) {
            while (!times.get(first).plusSeconds(1).isAfter(times.get(last))) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }
}
