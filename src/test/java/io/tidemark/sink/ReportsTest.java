package io.tidemark.sink;

import static io.tidemark.sink.Fixtures.NOV_21;
import static io.tidemark.sink.Fixtures.NOV_22;
import static io.tidemark.sink.Fixtures.failed;
import static io.tidemark.sink.Fixtures.running;
import static io.tidemark.sink.Fixtures.succeeded;
import static io.tidemark.sink.Fixtures.waiting;
import static io.tidemark.sink.Fixtures.window;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.job.Secret;
import io.tidemark.job.SinkSpec;
import io.tidemark.sandbox.FunctionUrn;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sandbox.InvocationStatus;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.Records;
import io.tidemark.testing.Rows;
import io.tidemark.window.Window;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The queries in {@code sql/reports}, as they stand there, over what a sink has published. */
class ReportsTest {
    private static final String ORDERS = "urn:fss:eu-de:p1:function:default:orders";
    private static final FunctionUrn MAIL =
            FunctionUrn.of("urn:fss:eu-de:p1:function:default:mail");
    private static final Path REPORTS = Path.of("sql/reports");

    private PostgresForTests.Database database;
    private Sink sink;

    @BeforeEach
    void open() throws Exception {
        database = PostgresForTests.fresh();
        sink =
                Sinks.open(
                        new SinkSpec.Postgres(
                                database.url(),
                                Optional.of(database.username()),
                                Optional.of(Secret.of(database.password())),
                                "async_invocations"),
                        Records.SCHEMA,
                        "nightly",
                        ZoneOffset.UTC);
    }

    @AfterEach
    void close() {
        sink.close();
    }

    private void publish(Window window, Invocation... records) throws Exception {
        Fixtures.publish(sink, window, 1, List.of(records).iterator());
    }

    private List<List<@Nullable Object>> report(String name) throws Exception {
        return Rows.of(database, Files.readString(REPORTS.resolve(name + ".sql")));
    }

    private static Invocation mail(String id, InvocationStatus status, @Nullable String message) {
        return new Invocation(
                MAIL, id, status, status.name(), null, message, NOV_21.from(), NOV_21.from());
    }

    @Test
    void completenessComparesReceiptsWithRowsPerFunctionAndDay() throws Exception {
        publish(
                window(Fixtures.FUNCTION, "2026-11-21T00:00:00Z", "2026-11-21T12:00:00Z"),
                succeeded("a"),
                succeeded("b"),
                waiting("w"));
        publish(
                window(Fixtures.FUNCTION, "2026-11-21T12:00:00Z", "2026-11-22T00:00:00Z"),
                succeeded("c", Instant.parse("2026-11-21T12:00:00Z")));
        publish(NOV_22, succeeded("d", NOV_22.from()), succeeded("e", NOV_22.from()));
        publish(new Window(Records.feed(MAIL), NOV_21.range()));
        database.execute("DELETE FROM async_invocations WHERE request_id = 'e'");

        assertThat(report("completeness"))
                .extracting(ReportsTest::text)
                .containsExactly(
                        "nightly %s 2026-11-21 1 0 0 0 0".formatted(MAIL),
                        "nightly %s 2026-11-21 2 4 3 1 1".formatted(ORDERS),
                        "nightly %s 2026-11-22 1 2 1 1 1".formatted(ORDERS));
    }

    @Test
    void aDayThatLostAllItsRowsIsStillReported() throws Exception {
        publish(NOV_21, succeeded("a"));
        publish(NOV_22, succeeded("b", NOV_22.from()));
        database.execute("DELETE FROM async_invocations WHERE request_id = 'a'");

        assertThat(report("completeness"))
                .extracting(ReportsTest::text)
                .containsExactly(
                        "nightly %s 2026-11-21 1 1 0 1 0".formatted(ORDERS),
                        "nightly %s 2026-11-22 1 1 1 0 0".formatted(ORDERS));
    }

    @Test
    void failuresAreCountedByFunctionAndError() throws Exception {
        publish(
                NOV_21,
                failed("a", "out of memory\n\tat main"),
                failed("b", "out of memory\n\tat other"),
                failed("c", "x".repeat(200)),
                succeeded("d"));
        publish(
                new Window(Records.feed(MAIL), NOV_21.range()),
                mail("e", InvocationStatus.DISCARDED, null),
                mail("f", InvocationStatus.SUCCEEDED, null));

        assertThat(report("failures"))
                .extracting(row -> row.subList(0, 5))
                .containsExactly(
                        List.of(ORDERS, "FAILED", 4208L, "out of memory", 2L),
                        Arrays.asList(MAIL.toString(), "DISCARDED", null, null, 1L),
                        List.of(ORDERS, "FAILED", 4208L, "x".repeat(120), 1L));
        assertThat(report("failures").getFirst().subList(5, 7))
                .extracting(time -> ((java.sql.Timestamp) time).toInstant())
                .containsOnly(Instant.parse("2026-11-21T11:00:00Z"));
    }

    @Test
    void durationsAreThoseOfInvocationsThatHappened() throws Exception {
        Instant start = NOV_21.from();
        publish(
                NOV_21,
                Stream.concat(
                                IntStream.rangeClosed(1, 200)
                                        .mapToObj(n ->
                                                new Invocation(
                                                        Fixtures.FUNCTION,
                                                        "id-" + n,
                                                        InvocationStatus.SUCCEEDED,
                                                        "SUCCESS",
                                                        0L,
                                                        null,
                                                        start,
                                                        start.plusMillis(10L * n))),
                                Stream.of(running("r"), waiting("w")))
                        .toArray(Invocation[]::new));
        publish(
                new Window(Records.feed(MAIL), NOV_21.range()),
                mail("m", InvocationStatus.FAILED, "no"));

        assertThat(report("durations"))
                .containsExactly(
                        List.of(ORDERS, 200L, 1000L, 1900L, 1980L, 2000L),
                        List.of(MAIL.toString(), 1L, 0L, 0L, 0L, 0L));
    }

    @Test
    void openRecordsAreThoseThatStillChange() throws Exception {
        publish(NOV_21, running("r"), waiting("w"), succeeded("s"), failed("f", "no"));

        assertThat(report("open_records"))
                .extracting(row -> row.subList(0, 4))
                .containsExactly(
                        List.of(ORDERS, "r", "RUNNING", "RUNNING"),
                        List.of(ORDERS, "w", "WAITING", "WAIT"));
    }

    @Test
    void everyReportIsTestedHereAndSaysWhatItAnswers() throws Exception {
        try (Stream<Path> files = Files.list(REPORTS)) {
            assertThat(files)
                    .allSatisfy(
                            file -> assertThat(file).content().startsWith("-- ").contains("?\n"))
                    .extracting(file -> file.getFileName().toString())
                    .containsExactlyInAnyOrder(
                            "completeness.sql",
                            "durations.sql",
                            "failures.sql",
                            "open_records.sql");
        }
    }

    private static String text(List<@Nullable Object> row) {
        return row.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
}
