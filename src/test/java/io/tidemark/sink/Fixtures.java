package io.tidemark.sink;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.invocation.Invocation;
import io.tidemark.invocation.InvocationStatus;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Windows and records for the tests of sinks. */
final class Fixtures {
    static final FunctionUrn FUNCTION = FunctionUrn.of("urn:fss:eu-de:p1:function:default:orders");
    static final Window NOV_21 = window(FUNCTION, "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z");
    static final Window NOV_22 = window(FUNCTION, "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z");
    static final Window NOV_24 = window(FUNCTION, "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z");
    static final Window NOV_25 = window(FUNCTION, "2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z");

    private Fixtures() {}

    static Window window(FunctionUrn function, String from, String to) {
        return new Window(function, new TimeRange(Instant.parse(from), Instant.parse(to)));
    }

    static Invocation waiting(String id) {
        return new Invocation(
                FUNCTION, id, InvocationStatus.WAITING, "WAIT", null, null, null, null);
    }

    static Invocation running(String id) {
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

    static Invocation succeeded(String id) {
        return succeeded(id, Instant.parse("2026-11-21T10:00:00Z"));
    }

    static Invocation succeeded(String id, Instant start) {
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

    static Invocation failed(String id, String message) {
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
    static List<@Nullable Object> row(Invocation i) {
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

    static List<List<@Nullable Object>> rows(List<Invocation> records) {
        return records.stream().map(Fixtures::row).collect(Collectors.toList());
    }

    private static @Nullable Long micros(@Nullable Instant time) {
        return time == null ? null : ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    /** Text that hardly compresses, the same for the same seed. */
    static String noise(int length, long seed) {
        return new Random(seed)
                .ints(length, ' ', '~')
                .collect(
                        () -> new StringBuilder(length),
                        (text, c) -> text.append((char) c),
                        StringBuilder::append)
                .toString();
    }
}
