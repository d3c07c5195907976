package io.tidemark.sink;

import static io.tidemark.sink.Fixtures.FUNCTION;
import static io.tidemark.sink.Fixtures.NOV_21;
import static io.tidemark.sink.Fixtures.NOV_22;
import static io.tidemark.sink.Fixtures.NOV_24;
import static io.tidemark.sink.Fixtures.NOV_25;
import static io.tidemark.sink.Fixtures.failed;
import static io.tidemark.sink.Fixtures.row;
import static io.tidemark.sink.Fixtures.rows;
import static io.tidemark.sink.Fixtures.succeeded;
import static io.tidemark.sink.Fixtures.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.job.SinkSpec;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sandbox.InvocationStatus;
import io.tidemark.testing.Records;
import io.tidemark.window.Window;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every sink promises, whatever it writes. */
public abstract class SinkContract {
    private Sink sink;

    /** A place that is fresh for this test, and may not exist yet. */
    public abstract SinkSpec place() throws Exception;

    /** A place where no window can ever stand. */
    public abstract SinkSpec unusablePlace() throws Exception;

    /**
     * Every row that stands at the place, as a program of others reads it: text as String, numbers
     * as Long, times as microseconds since 1970. Empty where there is no file or table.
     */
    public abstract List<List<@Nullable Object>> standing() throws Exception;

    /** The names of all that stands at the place: files and directories, or tables. */
    public abstract List<String> traces() throws Exception;

    /** The exact content of the place, by which a repetition is known to change nothing. */
    public abstract Object content() throws Exception;

    /** Takes a record away that starts within the window, as a person might. */
    public abstract void lose(Window window) throws Exception;

    /** Takes everything away that stands at the place. */
    public abstract void loseAll() throws Exception;

    @BeforeEach
    protected void open() throws Exception {
        sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC);
    }

    @AfterEach
    void close() {
        sink.close();
    }

    @Test
    void aRecordStandsInAllItsColumns() throws Exception {
        Fixtures.publish(
                sink,
                NOV_21,
                1,
                List.of(
                                new Invocation(
                                        FUNCTION,
                                        "4e360b5d",
                                        InvocationStatus.FAILED,
                                        "FAIL",
                                        4208L,
                                        "out of memory",
                                        Instant.parse("2026-11-21T14:27:37Z"),
                                        Instant.parse("2026-11-21T14:27:39.5Z")))
                        .iterator());

        assertThat(standing())
                .containsExactly(
                        List.of(
                                "urn:fss:eu-de:p1:function:default:orders",
                                "eu-de",
                                "p1",
                                "default",
                                "orders",
                                "latest",
                                "4e360b5d",
                                "FAILED",
                                "FAIL",
                                4208L,
                                "out of memory",
                                1795271257000000L,
                                1795271259500000L,
                                2500L));
    }

    @Test
    void whatIsUnknownStandsAsNull() throws Exception {
        Fixtures.publish(sink, NOV_21, 1, List.of(waiting("w1")).iterator());

        assertThat(standing())
                .containsExactly(
                        Arrays.asList(
                                "urn:fss:eu-de:p1:function:default:orders",
                                "eu-de",
                                "p1",
                                "default",
                                "orders",
                                "latest",
                                "w1",
                                "WAITING",
                                "WAIT",
                                null,
                                null,
                                null,
                                null,
                                null));
    }

    @Test
    void theReceiptCountsTheRowsThatStandThere() throws Exception {
        Receipt receipt =
                Fixtures.publish(
                        sink, NOV_21, 1, List.of(succeeded("a"), succeeded("b")).iterator());

        assertThat(receipt.sink()).isEqualTo(sink.id());
        assertThat(receipt.place()).isNotNull();
        assertThat(receipt.rows()).isEqualTo(2);
    }

    @Test
    void aWindowWithoutRecordsStandsThereAsAReceipt() throws Exception {
        Receipt receipt = Fixtures.publish(sink, NOV_21, 1, List.<Invocation>of().iterator());

        assertThat(receipt.rows()).isZero();
        assertThat(receipt.bytes()).isNull();
        assertThat(receipt.sha256()).isNull();
        assertThat(standing()).isEmpty();
    }

    @Test
    void publishedAgainAWindowIsReplaced() throws Exception {
        Fixtures.publish(sink, NOV_21, 1, List.of(waiting("a")).iterator());
        Receipt second =
                Fixtures.publish(
                        sink, NOV_21, 2, List.of(succeeded("a"), failed("b", "no")).iterator());

        assertThat(second.rows()).isEqualTo(2);
        assertThat(standing())
                .containsExactlyInAnyOrder(row(succeeded("a")), row(failed("b", "no")));
    }

    @Test
    void theSameRecordsAgainChangeNothing() throws Exception {
        List<Invocation> records = records(500);
        Receipt first = Fixtures.publish(sink, NOV_21, 1, records.iterator());
        Object content = content();

        Receipt second = Fixtures.publish(sink, NOV_21, 2, records.iterator());

        assertThat(content()).isEqualTo(content);
        assertThat(second).isEqualTo(first);
    }

    @Test
    void windowsStandBesideEachOther() throws Exception {
        Fixtures.publish(sink, NOV_21, 1, List.of(succeeded("a")).iterator());
        Fixtures.publish(sink, NOV_22, 1, List.of(succeeded("b")).iterator());

        assertThat(standing()).containsExactlyInAnyOrder(row(succeeded("a")), row(succeeded("b")));
    }

    @Test
    void aWindowAppearsAtOnce() throws Exception {
        Fixtures.publish(sink, NOV_21, 1, List.of(waiting("a")).iterator());
        List<List<List<@Nullable Object>>> seen = new ArrayList<>();

        // more than any buffer on the way holds
        Fixtures.publish(sink, NOV_21, 2, observed(large(4), () -> seen.add(standing())));

        assertThat(seen).hasSize(5).containsOnly(rows(List.of(waiting("a"))));
        assertThat(standing()).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void recordsThatCannotBeReadLeaveWhatStoodThere() throws Exception {
        Fixtures.publish(sink, NOV_21, 1, List.of(succeeded("a")).iterator());
        Object content = content();
        List<String> traces = traces();

        assertThatThrownBy(() -> Fixtures.publish(sink, NOV_21, 2, failingAfter(large(4))))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("stage is gone");

        assertThat(content()).isEqualTo(content);
        assertThat(traces()).isEqualTo(traces);
    }

    @Test
    void afterAFailureTheWindowCanBePublished() throws Exception {
        assertThatThrownBy(() -> Fixtures.publish(sink, NOV_21, 1, failingAfter(large(4))))
                .isInstanceOf(UncheckedIOException.class);

        Fixtures.publish(sink, NOV_21, 1, List.of(succeeded("a")).iterator());

        assertThat(standing()).containsExactly(row(succeeded("a")));
    }

    @Test
    void hostileTextComesBackAsItWas() throws Exception {
        List<Invocation> records = new ArrayList<>();
        for (String text :
                List.of(
                        "say \"no\"",
                        "\"",
                        "a,b;c\td",
                        "two\nlines",
                        "carriage\r\nreturn\r",
                        "=cmd|'/c calc'!A1",
                        "+1",
                        "@sum(a1)",
                        " spaces ",
                        "back\\slash \\N \\n",
                        "null",
                        "NULL",
                        "grüße 🚀 \u202e İı",
                        "\u0001\u001b[31m",
                        "'; DROP TABLE async_invocations; --",
                        "x".repeat(1 << 20))) {
            records.add(failed("id-%02d".formatted(records.size()), text));
        }

        Receipt receipt = Fixtures.publish(sink, NOV_21, 1, records.iterator());

        assertThat(receipt.rows()).isEqualTo(records.size());
        assertThat(standing()).containsExactlyInAnyOrderElementsOf(rows(records));
    }

    @Test
    void yearsFarAwayComeBackAsTheyWere() throws Exception {
        List<Invocation> records =
                Stream.of(
                                "0001-01-01T00:00:00Z",
                                "1969-12-31T23:59:59.999999Z",
                                "2026-11-21T14:27:37.123456Z",
                                "+12022-02-28T23:59:59Z")
                        .map(time -> succeeded("at " + time, Instant.parse(time)))
                        .toList();

        Fixtures.publish(sink, NOV_21, 1, records.iterator());

        assertThat(standing()).containsExactlyInAnyOrderElementsOf(rows(records));
    }

    @Test
    void ofAFractionThereStaysWhatMicrosecondsHold() throws Exception {
        Fixtures.publish(
                sink,
                NOV_21,
                1,
                List.of(succeeded("a", Instant.parse("1969-12-31T23:59:59.123456789Z")))
                        .iterator());

        assertThat(standing().getFirst()).contains(-876_544L);
    }

    @Test
    void windowsArePublishedFromSeveralThreadsAtOnce() throws Exception {
        List<Invocation> today = Stream.concat(records(300).stream(), large(3).stream()).toList();
        List<Invocation> tomorrow = records("tomorrow-", 300);
        CyclicBarrier together = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<Receipt> first =
                    threads.submit(() -> {
                        together.await();
                        return Fixtures.publish(sink, NOV_21, 1, today.iterator());
                    });
            Future<Receipt> second =
                    threads.submit(() -> {
                        together.await();
                        return Fixtures.publish(sink, NOV_22, 1, tomorrow.iterator());
                    });

            assertThat(first.get().rows()).isEqualTo(today.size());
            assertThat(second.get().rows()).isEqualTo(tomorrow.size());
        }
        assertThat(standing())
                .containsExactlyInAnyOrderElementsOf(
                        rows(Stream.concat(today.stream(), tomorrow.stream()).toList()));
    }

    @Test
    void aCheckLeavesNoTrace() throws Exception {
        List<String> before = traces();

        sink.check(List.of(Records.feed(FUNCTION)));

        assertThat(traces()).isEqualTo(before);
    }

    @Test
    void aCheckOfAPlaceInUseLeavesNoTrace() throws Exception {
        Fixtures.publish(sink, NOV_21, 1, List.of(succeeded("a")).iterator());
        List<String> before = traces();
        Object content = content();

        sink.check(List.of(Records.feed(FUNCTION)));

        assertThat(traces()).isEqualTo(before);
        assertThat(content()).isEqualTo(content);
    }

    // drift

    /** Four windows with a gap between the second and the third; the last one is empty. */
    private SortedMap<Window, Receipt> publishFour() throws Exception {
        SortedMap<Window, Receipt> receipts = new TreeMap<>();
        for (Window window : List.of(NOV_21, NOV_22, NOV_24)) {
            receipts.put(
                    window,
                    Fixtures.publish(
                            sink,
                            window,
                            1,
                            List.of(
                                            succeeded("first " + window, window.from()),
                                            succeeded(
                                                    "last " + window, window.to().minusNanos(1000)),
                                            succeeded("outside " + window, window.to()),
                                            waiting("open " + window))
                                    .iterator()));
        }
        receipts.put(NOV_25, Fixtures.publish(sink, NOV_25, 1, List.<Invocation>of().iterator()));
        return receipts;
    }

    @ParameterizedTest
    @EnumSource
    void windowsThatStandAsTheirReceiptsSayDoNotDiffer(Thoroughness thoroughness) throws Exception {
        assertThat(sink.differences(publishFour(), thoroughness)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheWindowThatLostARecordDiffers(Thoroughness thoroughness) throws Exception {
        SortedMap<Window, Receipt> receipts = publishFour();
        lose(NOV_22);

        assertThat(sink.differences(receipts, thoroughness))
                .containsOnlyKeys(NOV_22)
                .allSatisfy((window, sentence) -> assertThat(sentence).endsWith(" is missing"));
    }

    @ParameterizedTest
    @EnumSource
    void whenEverythingIsGoneEveryWindowThatHadRecordsDiffers(Thoroughness thoroughness)
            throws Exception {
        SortedMap<Window, Receipt> receipts = publishFour();
        loseAll();

        assertThat(sink.differences(receipts, thoroughness))
                .containsKeys(NOV_21, NOV_22, NOV_24)
                .allSatisfy((window, sentence) -> assertThat(sentence).endsWith(" is missing"));
    }

    @ParameterizedTest
    @EnumSource
    void publishedAgainAWindowDiffersNoMore(Thoroughness thoroughness) throws Exception {
        SortedMap<Window, Receipt> receipts = publishFour();
        loseAll();
        assertThat(sink.differences(receipts, thoroughness)).isNotEmpty();
        receipts.putAll(publishFour());

        assertThat(sink.differences(receipts, thoroughness)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void lookingForDifferencesLeavesNoTrace(Thoroughness thoroughness) throws Exception {
        List<String> untouched = traces();
        sink.differences(
                new TreeMap<>(Map.of(NOV_21, new Receipt(sink.id(), "some/where", 1, 9L, "0"))),
                thoroughness);
        assertThat(traces()).isEqualTo(untouched);

        SortedMap<Window, Receipt> receipts = publishFour();
        List<String> before = traces();
        Object content = content();
        sink.differences(receipts, thoroughness);

        assertThat(traces()).isEqualTo(before);
        assertThat(content()).isEqualTo(content);
    }

    @ParameterizedTest
    @EnumSource
    void noWindowsAreNoDifferences(Thoroughness thoroughness) throws Exception {
        assertThat(sink.differences(new TreeMap<>(), thoroughness)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aWindowThatWasNeverPublishedAndHasNoRecordsDoesNotDiffer(Thoroughness thoroughness)
            throws Exception {
        Receipt none = new Receipt(sink.id(), null, 0, null, null);

        assertThat(sink.differences(new TreeMap<>(Map.of(NOV_21, none)), thoroughness)).isEmpty();
    }

    @Test
    void anUnusablePlaceIsRefusedByTheCheckAndByPublishing() throws Exception {
        try (Sink unusable =
                Sinks.open(unusablePlace(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            assertThatThrownBy(() -> unusable.check(List.of(Records.feed(FUNCTION))))
                    .isInstanceOf(SinkException.class)
                    .hasMessageStartingWith("cannot ")
                    .hasMessageNotContaining("Exception");
            assertThatThrownBy(() ->
                            Fixtures.publish(
                                    unusable, NOV_21, 1, List.of(succeeded("a")).iterator()))
                    .isInstanceOf(SinkException.class)
                    .hasMessageStartingWith("cannot ");
        }
    }

    protected static List<Invocation> records(int count) {
        return records("id-", count);
    }

    private static List<Invocation> records(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(n ->
                        succeeded("%s%06d".formatted(prefix, n), NOV_21.from().plusSeconds(n / 3)))
                .toList();
    }

    /** Records of a megabyte each that hardly compress. */
    protected static List<Invocation> large(int count) {
        return IntStream.range(0, count)
                .mapToObj(n -> failed("large-" + n, Fixtures.noise(1 << 20, n)))
                .toList();
    }

    private static Iterator<Invocation> failingAfter(List<Invocation> records) {
        Iterator<Invocation> left = records.iterator();
        return observed(
                records,
                () -> {
                    if (!left.hasNext()) {
                        throw new UncheckedIOException(
                                new NoSuchFileException("the stage is gone"));
                    }
                    return left.next();
                });
    }

    /** Calls before each record, and once more behind the last. */
    public static Iterator<Invocation> observed(List<Invocation> records, Callable<?> beforeEach) {
        Iterator<Invocation> all = records.iterator();
        return new Iterator<>() {
            private int called = -1;
            private int given;

            @Override
            public boolean hasNext() {
                if (called < given) {
                    called = given;
                    try {
                        beforeEach.call();
                    } catch (RuntimeException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }
                return all.hasNext();
            }

            @Override
            public Invocation next() {
                given++;
                return all.next();
            }
        };
    }
}
