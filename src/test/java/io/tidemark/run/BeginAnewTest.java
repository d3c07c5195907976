package io.tidemark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Screen;
import io.tidemark.failpoint.Failpoint;
import io.tidemark.sandbox.Behaviour;
import io.tidemark.sandbox.Request;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What stands in a stage is trusted only where it is what was committed and the source still gives
 * the same pages; else the window is fetched anew, from its first page.
 */
class BeginAnewTest {
    private static final SandboxSettings DATA =
            SandboxSettings.DEFAULT
                    .withFunctions(1)
                    .withRecords(110)
                    .withDays(1)
                    .withSeed(7)
                    .withUntil(Instant.parse("2026-11-01T00:00:00Z"));

    private static final String JOB =
            """
            job: anew
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["default:orders-intake"]
              page-size: 25
              connections: 1
            window: { from: 2026-10-31, to: 2026-11-01 }
            sinks:
              - csv: { path: DIR/csv }
            """;

    @TempDir private Path directory = Path.of("");
    private Sandbox sandbox = Sandbox.start(DATA.withRecords(0));

    @BeforeEach
    void startSandbox() {
        System.setProperty("tidemark.groups", "off");
        sandbox.close();
        sandbox = Sandbox.start(DATA);
    }

    @AfterEach
    void stop() {
        Failpoint.disarm();
        System.clearProperty("tidemark.groups");
        sandbox.close();
    }

    @Test
    void aStageThatIsWholeIsGoneOnWith() throws Exception {
        interruptAt(Failpoint.CHUNK_SAVED, 4);

        assertThat(markersOfTheSecondApply()).containsExactly(75, 100);
    }

    @Test
    void aStageThatIsShorterThanItsCommittedLengthIsNotTrusted() throws Exception {
        interruptAt(Failpoint.CHUNK_SAVED, 4);
        byte[] pages = Files.readAllBytes(stage());
        Files.write(stage(), Arrays.copyOf(pages, pages.length / 2));

        assertThat(markersOfTheSecondApply()).endsWith(0, 25, 50, 75, 100);
    }

    @Test
    void aStageThatIsMissingIsNotTrusted() throws Exception {
        interruptAt(Failpoint.CHUNK_SAVED, 4);
        Files.delete(stage());

        assertThat(markersOfTheSecondApply()).endsWith(0, 25, 50, 75, 100);
    }

    @Test
    void aStageWithOneOtherBitIsNotTrusted() throws Exception {
        interruptAt(Failpoint.CHUNK_SAVED, 4);
        byte[] pages = Files.readAllBytes(stage());
        pages[pages.length / 3] ^= 1;
        Files.write(stage(), pages);

        assertThat(markersOfTheSecondApply()).endsWith(0, 25, 50, 75, 100);
    }

    @Test
    void aStageThatIsLostAfterAllOfItWasFetchedIsNotTrusted() throws Exception {
        interruptAt(Failpoint.STAGE_SORTED, 1);
        Files.delete(stage());

        assertThat(markersOfTheSecondApply()).containsExactly(0, 25, 50, 75, 100);
    }

    @Test
    void aSourceWhoseLastPageIsAnotherNowIsReadFromTheBeginning() throws Exception {
        interruptAt(Failpoint.CHUNK_SAVED, 4);
        int port = sandbox.endpoint().getPort();
        sandbox.close();
        sandbox = Sandbox.start(DATA.withPort(port).withBehaviour(Behaviour.Order.OLDEST_FIRST));

        // the page before the position is asked for, and is not the one that was seen
        assertThat(markersOfTheSecondApply()).containsExactly(75, 0, 25, 50, 75, 100);
    }

    @Test
    void aJobInstanceWithoutAnExecutionIsBegunAnew() throws Exception {
        interruptAt(Failpoint.CHUNK_SAVED, 1);
        // Batch makes the one and then the other, and its process may die between the two
        try (Connection state =
                        DriverManager.getConnection(
                                "jdbc:h2:file:" + workspace().state().resolve("anew"));
                Statement statement = state.createStatement()) {
            for (String rows :
                    List.of(
                            "step_execution_context",
                            "step_execution",
                            "job_execution_context",
                            "job_execution_params",
                            "job_execution")) {
                statement.execute("delete from batch_" + rows);
            }
        }
        Files.delete(workspace().state().resolve("anew.seal"));

        assertThat(markersOfTheSecondApply()).containsExactly(0, 25, 50, 75, 100);
    }

    private void interruptAt(Failpoint point, int pass) {
        Failpoint.arm(
                point,
                pass,
                () -> {
                    throw new IllegalStateException("interrupted");
                });
        apply().endsWith(3);
        Failpoint.disarm();
    }

    /** Where the second apply asks for pages, in that order; what it exports is the truth. */
    private List<Integer> markersOfTheSecondApply() throws Exception {
        int before = sandbox.requests().size();
        apply().endsWith(0);

        assertThat(workspace().csvRows()).isEqualTo(Workspace.truth(sandbox, record -> true));
        assertThat(workspace().csvRows()).hasSize(110);
        List<Request> requests = sandbox.requests();
        return requests.subList(before, requests.size()).stream()
                .map(Request::query)
                .filter(query -> query.contains("limit=25"))
                .map(query -> Integer.valueOf(query.replaceFirst(".*marker=(\\d+).*", "$1")))
                .toList();
    }

    private Path stage() throws IOException {
        try (Stream<Path> files = Files.walk(workspace().state().resolve("stage"))) {
            return files.filter(Files::isRegularFile).findAny().orElseThrow();
        }
    }

    private Screen apply() {
        return workspace().run("apply", "--auto-approve", "--var", "TOKEN=" + sandbox.token());
    }

    private Workspace workspace() {
        return new Workspace(directory)
                .job(
                        JOB.replace("ENDPOINT", sandbox.endpoint().toString())
                                .replace("PROJECT", sandbox.project()));
    }
}
