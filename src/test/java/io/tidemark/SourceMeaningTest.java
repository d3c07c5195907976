package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Screen;
import io.tidemark.sandbox.Behaviour;
import io.tidemark.sandbox.Request;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.Workspace;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the source's window filters is found out, kept, used, and doubted when it must be. */
class SourceMeaningTest {
    private static final SandboxSettings SETTINGS =
            SandboxSettings.DEFAULT
                    .withFunctions(2)
                    .withRecords(2000)
                    .withDays(2)
                    .withSeed(3)
                    .withUntil(Instant.parse("2026-11-01T00:00:00Z"));

    private static final String JOB =
            """
            job: test
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["*"]
              page-size: 50
              requests-per-second: 100000
            window: { from: 2026-10-30, to: 2026-11-01T00:00:00Z, every: PT3H, lag: PT0S }
            sinks:
              - csv: { path: DIR/csv }
            """;

    @TempDir private Path directory = Path.of("");

    @Test
    void itIsAskedForOnceAndThenRemembered() {
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace workspace = workspace(sandbox);
            apply(workspace, sandbox, "--to", "2026-10-31").endsWith(0);
            assertThat(singleRecords(sandbox)).isBetween(4L, 20L);

            long before = singleRecords(sandbox);
            Screen screen = apply(workspace, sandbox).endsWith(0);

            assertThat(singleRecords(sandbox)).isEqualTo(before);
            assertThat(screen.out()).contains("The source filters by start time; begin in, end in");
        }
    }

    @Test
    void windowsAreAskedForExactlyWhenItIsKnown() {
        try (Sandbox sandbox = Sandbox.start(SETTINGS)) {
            Workspace workspace = workspace(sandbox);
            apply(workspace, sandbox, "--to", "2026-10-31").endsWith(0);
            int before = sandbox.requests().size();

            apply(workspace, sandbox).endsWith(0);

            Set<String> asked =
                    lists(sandbox.requests().subList(before, sandbox.requests().size()))
                            .filter(request -> request.query().contains("limit=50"))
                            .filter(request -> !isAtAnEdge(request))
                            .flatMap(request ->
                                    Stream.of(
                                            parameter(request, "query_begin_time"),
                                            parameter(request, "query_end_time")))
                            .collect(Collectors.toSet());
            assertThat(asked)
                    .isNotEmpty()
                    .allMatch(time -> time.matches(".*T(00|03|06|09|12|15|18|21)%3A00%3A00"));
        }
    }

    @Test
    void aSourceThatContradictsWhatItHadShownIsReadWithoutIt() throws Exception {
        SandboxSettings busy = SETTINGS.withRecords(10_000); // so that some run across the bounds
        int port;
        Workspace workspace;
        try (Sandbox sandbox = Sandbox.start(busy)) {
            port = sandbox.endpoint().getPort();
            workspace = workspace(sandbox);
            apply(workspace, sandbox, "--to", "2026-10-31").endsWith(0);
        }
        try (Sandbox sandbox =
                Sandbox.start(busy.withPort(port).withBehaviour(Behaviour.WindowTime.END))) {
            Screen screen = apply(workspace, sandbox).endsWith(3);
            assertThat(screen.out())
                    .contains("does not compare the start time, as it had seemed to");

            Screen again = apply(workspace, sandbox).endsWith(0);

            assertThat(again.out())
                    .contains("what the source compares was not known when this was read")
                    .contains("The source filters by a time that records do not show");
            assertThat(workspace.csvRows()).isEqualTo(Workspace.truth(sandbox, record -> true));
            assertThat(apply(workspace, sandbox).endsWith(0).out()).contains("Nothing to do");
        }
    }

    @Test
    void aWindowDeeperThanTheSourcePagesIsReadInPieces() throws Exception {
        SandboxSettings deep =
                SETTINGS.withFunctions(1)
                        .withRecords(12_000)
                        .withBehaviour(Behaviour.Depth.REFUSED_BEYOND_10000);
        try (Sandbox sandbox = Sandbox.start(deep)) {
            Workspace workspace =
                    workspace(
                            sandbox,
                            JOB.replace("PT3H", "P2D").replace("page-size: 50", "page-size: 500"));

            apply(workspace, sandbox).endsWith(0);

            assertThat(workspace.csvRows())
                    .hasSize(12_000)
                    .isEqualTo(Workspace.truth(sandbox, record -> true));
        }
    }

    /**
     * What paging leaves open comes in any combination; none may cost a request for each second.
     */
    @ParameterizedTest
    @CsvSource({
        "last-marker=plus-rows, past-end=refused, count=total, depth=unlimited",
        "last-marker=plus-rows, past-end=refused, count=absent, depth=unlimited",
        "last-marker=plus-rows, past-end=refused, count=too-high, depth=unlimited",
        "last-marker=plus-rows, past-end=last-page-again, count=total, depth=unlimited",
        "last-marker=plus-rows, past-end=last-page-again, count=absent, depth=unlimited",
        "last-marker=plus-rows, past-end=empty, count=too-high, depth=unlimited",
        "last-marker=plus-rows, past-end=empty, count=total, depth=refused-beyond-10000",
        "last-marker=plus-rows, past-end=refused, count=total, depth=refused-beyond-10000",
    })
    void aFewRequestsAPageAreEnough(String marker, String past, String count, String depth)
            throws Exception {
        boolean deep = !depth.equals("depth=unlimited");
        Behaviour behaviour = Behaviour.plain().with(marker).with(past).with(count).with(depth);
        int records = deep ? 12_000 : 600;
        try (Sandbox sandbox =
                Sandbox.start(
                        SETTINGS.withFunctions(1).withRecords(records).withBehaviour(behaviour))) {
            Workspace workspace =
                    workspace(
                            sandbox,
                            deep
                                    ? JOB.replace("PT3H", "P2D")
                                            .replace("page-size: 50", "page-size: 500")
                                    : JOB);

            apply(workspace, sandbox).endsWith(count.equals("count=too-high") ? 3 : 0);

            assertThat(workspace.csvRows()).isEqualTo(Workspace.truth(sandbox, record -> true));
            int pages = deep ? records / 500 : 16;
            assertThat(sandbox.requests().size()).isLessThan(50 + 12 * pages);
        }
    }

    @Test
    void aSourceThatDoesNotHeedTheStatusFilterGivesNoOtherStatuses() throws Exception {
        try (Sandbox sandbox =
                Sandbox.start(SETTINGS.withBehaviour(Behaviour.StatusFilter.IGNORED))) {
            Workspace workspace =
                    workspace(
                            sandbox,
                            JOB.replace("page-size", "statuses: [FAIL, DISCARD]\n  page-size"));

            Screen screen = apply(workspace, sandbox).endsWith(0);

            assertThat(screen.out()).contains("unproven");
            assertThat(workspace.csvRows())
                    .isEqualTo(
                            Workspace.truth(
                                    sandbox,
                                    record ->
                                            Set.of("FAIL", "DISCARD").contains(record.rawStatus())))
                    .isNotEmpty();
        }
    }

    private static long singleRecords(Sandbox sandbox) {
        return sandbox.requests().stream()
                .filter(request -> request.query().contains("request_id"))
                .count();
    }

    private static Stream<Request> lists(List<Request> requests) {
        return requests.stream()
                .filter(request -> request.path().endsWith("async-invocations"))
                .filter(request -> !request.query().contains("request_id"));
    }

    /** Of a few seconds: what a window and its neighbour both list. */
    private static boolean isAtAnEdge(Request request) {
        return Duration.between(time(request, "query_begin_time"), time(request, "query_end_time"))
                        .toSeconds()
                < 10;
    }

    private static LocalDateTime time(Request request, String name) {
        return LocalDateTime.parse(
                URLDecoder.decode(parameter(request, name), StandardCharsets.UTF_8));
    }

    private static String parameter(Request request, String name) {
        return Stream.of(request.query().split("&"))
                .filter(parameter -> parameter.startsWith(name + "="))
                .map(parameter -> parameter.substring(name.length() + 1))
                .findFirst()
                .orElseThrow();
    }

    private Workspace workspace(Sandbox sandbox) {
        return workspace(sandbox, JOB);
    }

    private Workspace workspace(Sandbox sandbox, String job) {
        return new Workspace(directory)
                .job(
                        job.replace("ENDPOINT", sandbox.endpoint().toString())
                                .replace("PROJECT", sandbox.project()));
    }

    private static Screen apply(Workspace workspace, Sandbox sandbox, String... args) {
        return workspace.run(
                "apply",
                Stream.concat(
                                Stream.of("--auto-approve", "--var", "TOKEN=" + sandbox.token()),
                                Stream.of(args))
                        .toArray(String[]::new));
    }
}
