package io.tidemark.sink;

import io.tidemark.sandbox.FunctionUrn;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sandbox.InvocationStatus;
import io.tidemark.testing.Records;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Windows and records for the tests of sinks. */
public final class Fixtures {
    public static final FunctionUrn FUNCTION =
            FunctionUrn.of("urn:fss:eu-de:p1:function:default:orders");
    public static final Window NOV_21 =
            window(FUNCTION, "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z");
    public static final Window NOV_22 =
            window(FUNCTION, "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z");
    public static final Window NOV_24 =
            window(FUNCTION, "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z");
    public static final Window NOV_25 =
            window(FUNCTION, "2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z");

    private Fixtures() {}

    public static Window window(FunctionUrn function, String from, String to) {
        return new Window(
                Records.feed(function), new TimeRange(Instant.parse(from), Instant.parse(to)));
    }

    public static Invocation waiting(String id) {
        return new Invocation(
                FUNCTION, id, InvocationStatus.WAITING, "WAIT", null, null, null, null);
    }

    public static Invocation running(String id) {
        return new Invocation(
                FUNCTION,
                id,
                InvocationStatus.RUNNING,
                "RUNNING",
                null,
                null,
                Instant.parse("2026-11-21T10:00:00Z"),
                null);
    }

    public static Invocation succeeded(String id) {
        return succeeded(id, Instant.parse("2026-11-21T10:00:00Z"));
    }

    public static Invocation succeeded(String id, Instant start) {
        return new Invocation(
                FUNCTION,
                id,
                InvocationStatus.SUCCEEDED,
                "SUCCESS",
                0L,
                null,
                start,
                start.plus(Duration.ofMillis(1500)));
    }

    public static Invocation failed(String id, String message) {
        Instant start = Instant.parse("2026-11-21T11:00:00Z");
        return new Invocation(
                FUNCTION,
                id,
                InvocationStatus.FAILED,
                "FAIL",
                4208L,
                message,
                start,
                start.plusSeconds(2));
    }

    /** The record as a sink must show it, written down here independently of the sinks' columns. */
    public static List<@Nullable Object> row(Invocation i) {
        return Arrays.asList(
                i.function().toString(),
                i.function().region(),
                i.function().projectId(),
                i.function().packageName(),
                i.function().functionName(),
                i.function().version(),
                i.requestId(),
                i.status().name(),
                i.rawStatus(),
                i.errorCode(),
                i.errorMessage(),
                micros(i.startTime()),
                micros(i.endTime()),
                i.durationMs());
    }

    public static List<List<@Nullable Object>> rows(List<Invocation> records) {
        return records.stream().map(Fixtures::row).collect(Collectors.toList());
    }

    private static @Nullable Long micros(@Nullable Instant time) {
        return time == null ? null : ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    /** Text that hardly compresses, the same for the same seed. */
    public static String noise(int length, long seed) {
        return new Random(seed)
                .ints(length, ' ', '~')
                .collect(
                        () -> new StringBuilder(length),
                        (text, c) -> text.append((char) c),
                        StringBuilder::append)
                .toString();
    }

    /** Publishes in place of whatever stands there; that no record is lost, others see to. */
    public static Receipt publish(
            Sink sink, Window window, int attempt, Iterator<Invocation> records)
            throws SinkException, IOException {
        Optional<String> standing = sink.standing(window).map(Standing::version);
        return sink.publish(window, attempt, Records.source(window.feed(), records), standing);
    }
}
