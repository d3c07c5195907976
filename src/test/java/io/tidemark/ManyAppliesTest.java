package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Screen;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.Workspace;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Applies in one process know nothing of each other, though the ids that their batch jobs get from
 * fresh databases are the same.
 */
class ManyAppliesTest {
    private static final int AT_ONCE = 10;
    private static final SandboxSettings DATA =
            SandboxSettings.DEFAULT
                    .withFunctions(2)
                    .withRecords(400)
                    .withDays(4)
                    .withUntil(Instant.parse("2026-11-05T00:00:00Z"));

    @TempDir private Path directory = Path.of("");

    @Test
    void manyAtOnceOnEmbeddedStateAllEndRight() throws Exception {
        List<Callable<Void>> applies = new ArrayList<>();
        CyclicBarrier together = new CyclicBarrier(AT_ONCE);
        for (int i = 0; i < AT_ONCE; i++) {
            String name = "embedded-" + i;
            String state = directory.resolve(name + "/state").toString();
            applies.add(() -> applyAndCompare(name, state, together));
        }
        all(applies);
    }

    @Test
    void manyAtOnceOnOneFreshDatabaseAllEndRight() throws Exception {
        PostgresForTests.Database database = PostgresForTests.fresh();
        String state =
                "%s?user=%s&password=%s"
                        .formatted(database.url(), database.username(), database.password());
        List<Callable<Void>> applies = new ArrayList<>();
        CyclicBarrier together = new CyclicBarrier(AT_ONCE);
        for (int i = 0; i < AT_ONCE; i++) {
            String name = "on-a-server-" + i;
            applies.add(() -> applyAndCompare(name, state, together));
        }
        all(applies);
    }

    private static void all(List<Callable<Void>> applies) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (Future<Void> apply : threads.invokeAll(applies)) {
                apply.get();
            }
        }
    }

    private Void applyAndCompare(String name, String state, CyclicBarrier together)
            throws Exception {
        try (Sandbox sandbox = Sandbox.start(DATA.withSeed(name.hashCode()))) {
            Workspace workspace =
                    new Workspace(directory.resolve(name))
                            .job(
                                    """
                                    job: %s
                                    source:
                                      endpoint: %s
                                      project: %s
                                      auth: { token: "${TOKEN}" }
                                      functions: ["*"]
                                      page-size: 20
                                    window: { from: 2026-11-01, to: 2026-11-05 }
                                    sinks:
                                      - csv: { path: DIR/csv }
                                    """
                                            .formatted(
                                                    name, sandbox.endpoint(), sandbox.project()));
            together.await();

            Screen.of(
                            "apply",
                            workspace.jobFile().toString(),
                            "--state",
                            state,
                            "--auto-approve",
                            "--var",
                            "TOKEN=" + sandbox.token())
                    .endsWith(0);

            assertThat(workspace.csvRows())
                    .isNotEmpty()
                    .isEqualTo(Workspace.truth(sandbox, record -> true));
        }
        return null;
    }
}
