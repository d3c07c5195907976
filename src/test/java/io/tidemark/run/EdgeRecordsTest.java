package io.tidemark.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tidemark.cli.Screen;
import io.tidemark.failpoint.Failpoint;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records at the very edge between two windows stand in one of them, whatever the source compares
 * and whether or not it was found out.
 */
class EdgeRecordsTest {
    private static final Instant BEGIN = Instant.parse("2026-11-01T00:00:00Z");
    private static final Instant EDGE = BEGIN.plusSeconds(3600);

    private static final String JOB =
            """
            job: NAME
            source:
              endpoint: ENDPOINT
              project: p1
              auth: { token: "${PASSWORD}" }
              functions: ["urn:fss:eu-de:p1:function:default:orders"]
              requests-per-second: 100000
              connections: 1
            window: { from: 2026-11-01, to: 2026-11-01T02:00:00Z, every: PT1H, lag: PT0S }
            sinks:
              - csv: { path: DIR/csv/NAME }
            """;

    @TempDir private Path directory = Path.of("");
    private Cloud cloud = new Cloud();

    @BeforeEach
    void aCloud() throws IOException {
        cloud.start();
    }

    @AfterEach
    void noCloud() {
        Failpoint.disarm();
        cloud.server.stop(0);
    }

    @Test
    void quickRecordsOfASourceThatFiltersByEnd() throws Exception {
        cloud.compares = Invoked::end;
        cloud.bothIn = false;
        cloud.records.add(new Invoked("a", EDGE, EDGE.minusMillis(500), EDGE.plusMillis(2600)));
        cloud.records.add(new Invoked("b", EDGE, EDGE.minusMillis(2500), EDGE.plusMillis(300)));

        workspace("job").apply().endsWith(0);

        assertThat(ids()).containsExactly("a", "b");
    }

    @Test
    void quickRecordsOfASourceThatFiltersByTheTimeOfTheCall() throws Exception {
        cloud.compares = Invoked::called;
        cloud.records.add(
                new Invoked("a", EDGE.minusSeconds(2), EDGE.plusMillis(500), EDGE.plusMillis(700)));
        cloud.records.add(new Invoked("b", EDGE, EDGE.plusSeconds(20), EDGE.plusSeconds(20)));

        workspace("job").apply().endsWith(0);

        assertThat(ids()).containsExactly("a", "b");
    }

    @Test
    void aRecordThatStartedInTheSecondAfterItsCall() throws Exception {
        cloud.compares = Invoked::called;
        cloud.records.addAll(calledInTheSecondTheyStarted());
        cloud.records.add(
                new Invoked("z", EDGE.minusMillis(300), EDGE.plusMillis(100), EDGE.plusSeconds(9)));

        Workspace workspace = workspace("job");
        Screen first = workspace.apply();
        assertThat(first.out()).contains("The source filters by start time");
        workspace.apply().endsWith(0);

        assertThat(ids()).hasSize(9).contains("z");
    }

    @Test
    void aRecordThatWasLoggedInTheSecondAfterItsStart() throws Exception {
        cloud.compares = Invoked::called;
        cloud.bothIn = false;
        cloud.records.addAll(calledInTheSecondTheyStarted());
        cloud.records.add(
                new Invoked("z", EDGE.plusMillis(300), EDGE.minusMillis(100), EDGE.plusSeconds(9)));

        Workspace workspace = workspace("job");
        Screen first = workspace.apply();
        assertThat(first.out()).contains("The source filters by start time");
        workspace.apply();

        assertThat(ids()).hasSize(9).contains("z");
    }

    @Test
    void whatWasReadBeforeItWasKnownWhatIsComparedIsReadAgain() throws Exception {
        Invoked atTheEdge = new Invoked("a", EDGE, EDGE.minusSeconds(1), EDGE);
        cloud.records.add(atTheEdge);
        Workspace workspace = workspace("job");
        Failpoint.arm(
                Failpoint.PUBLISHED,
                2, // of the second window
                () -> {
                    throw new IllegalStateException("interrupted");
                });
        workspace.apply().endsWith(3);
        cloud.records.addAll(calledInTheSecondTheyStarted());

        Screen screen = workspace.apply().endsWith(0);

        assertThat(screen.out()).contains("The source filters by start time");
    }

    @Test
    void aRecordThatMovedToTheWindowBeforeWhenTheSourceTurnedOutToCompareAnotherTime()
            throws Exception {
        cloud.compares = Invoked::called;
        cloud.records.add(
                new Invoked(
                        "a", EDGE.minusMillis(300), EDGE.plusMillis(100), EDGE.plusMillis(200)));
        Workspace workspace = workspace("job");
        workspace.apply().endsWith(0);
        cloud.records.add(
                new Invoked(
                        "b", BEGIN.plusSeconds(60), BEGIN.plusSeconds(80), EDGE.minusSeconds(9)));

        workspace.apply().endsWith(0);

        assertThat(ids()).containsExactly("a", "b");
    }

    @Test
    void whatOneJobFoundOutIsNotForgottenByTheFirstPlanOfAnother() throws Exception {
        PostgresForTests.Database database = PostgresForTests.fresh();
        String state =
                "%s?user=%s&password=%s"
                        .formatted(database.url(), database.username(), database.password());
        cloud.compares = Invoked::called;
        cloud.records.addAll(calledInTheSecondTheyStarted());
        cloud.records.add(
                new Invoked("z", EDGE.minusSeconds(5), EDGE.plusSeconds(5), EDGE.plusSeconds(9)));
        apply("one", state).endsWith(3);
        apply("one", state).endsWith(0);

        Screen other = apply("two", state).endsWith(0);

        assertThat(other.out()).contains("The source filters by a time that records do not show");
        assertThat(apply("one", state).endsWith(0).out()).contains("Nothing to do");
    }

    private Screen apply(String job, String state) {
        return Screen.of(
                "apply",
                workspace(job).jobFile().toString(),
                "--auto-approve",
                "--var",
                "PASSWORD=t",
                "--state",
                state);
    }

    private List<Invoked> calledInTheSecondTheyStarted() {
        return IntStream.range(0, 8)
                .mapToObj(i -> BEGIN.plusSeconds(600 + 100L * i))
                .map(at -> new Invoked("s" + at, at, at, at.plusSeconds(10)))
                .toList();
    }

    private List<String> ids() throws Exception {
        return new Workspace(directory)
                .csvRows().stream().map(row -> String.valueOf(row.get(1))).toList();
    }

    private Workspace workspace(String name) {
        return new Workspace(directory)
                .job(JOB.replace("NAME", name).replace("ENDPOINT", cloud.endpoint()));
    }

    /**
     * @param called a time that the source does not show
     */
    private record Invoked(String id, Instant called, Instant start, Instant end) {}

    /** A source with one function; it shows whole seconds, and compares them. */
    private static final class Cloud {
        private final List<Invoked> records = new ArrayList<>();
        private Function<Invoked, Instant> compares = Invoked::start;
        private boolean bothIn = true;
        private HttpServer server;

        void start() throws IOException {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", this::answer);
            server.start();
        }

        String endpoint() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        private void answer(HttpExchange exchange) throws IOException {
            try (exchange) {
                String path = exchange.getRequestURI().getPath();
                String said =
                        path.endsWith("async-invocations")
                                ? list(query(exchange))
                                : "{\"enable_async_status_log\":true}";
                byte[] body = said.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        }

        private String list(Map<String, String> query) {
            Instant from = time(query.get("query_begin_time"));
            Instant to = time(query.get("query_end_time"));
            String id = query.get("request_id");
            List<Invoked> found =
                    records.stream()
                            .filter(record -> id == null || id.equals(record.id()))
                            .filter(record -> {
                                Instant at = second(compares.apply(record));
                                return at.isAfter(from) && at.isBefore(to)
                                        || bothIn && (at.equals(from) || at.equals(to));
                            })
                            .toList();
            int marker = Integer.parseInt(query.get("marker"));
            int limit = Integer.parseInt(query.get("limit"));
            return found.stream()
                    .skip(marker)
                    .limit(limit)
                    .map(record ->
                            "{\"request_id\":\"%s\",\"status\":\"SUCCESS\",\"error_code\":0,\"error_message\":\"\",\"start_time\":\"%s\",\"end_time\":\"%s\"}"
                                    .formatted(
                                            record.id(),
                                            second(record.start()),
                                            second(record.end())))
                    .collect(
                            Collectors.joining(
                                    ",",
                                    "{\"invocations\":[",
                                    "],\"count\":%d%s}"
                                            .formatted(
                                                    found.size(),
                                                    marker + limit < found.size()
                                                            ? ",\"next_marker\":" + (marker + limit)
                                                            : "")));
        }

        private static Instant second(Instant instant) {
            return instant.minus(Duration.ofNanos(instant.getNano()));
        }

        private static Instant time(String query) {
            return LocalDateTime.parse(query).toInstant(ZoneOffset.UTC);
        }

        private static Map<String, String> query(HttpExchange exchange) {
            Map<String, String> query = new HashMap<>();
            for (String parameter : exchange.getRequestURI().getRawQuery().split("&")) {
                String[] parts = parameter.split("=", 2);
                query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
            return query;
        }
    }
}
