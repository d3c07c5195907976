package io.tidemark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.invocation.Invocation;
import io.tidemark.invocation.InvocationStatus;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Holder;
import io.tidemark.ledger.Lease;
import io.tidemark.ledger.Ledger;
import io.tidemark.ledger.SourceIdentity;
import io.tidemark.ledger.State;
import io.tidemark.ledger.StateLocation;
import io.tidemark.ledger.Verdict;
import io.tidemark.sink.Sink;
import io.tidemark.sink.Sinks;
import io.tidemark.source.Answer;
import io.tidemark.source.InvocationSource;
import io.tidemark.source.Page;
import io.tidemark.source.PageRequest;
import io.tidemark.source.RawInvocation;
import io.tidemark.source.RawJson;
import io.tidemark.job.SinkSpec;
import io.tidemark.stage.SortMemory;
import io.tidemark.stage.SortedStage;
import io.tidemark.stage.Stage;
import io.tidemark.stage.StageWriter;
import io.tidemark.window.FilterMeaning;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossCheckTest {
    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    private static final FunctionUrn ORDERS =
            FunctionUrn.of("urn:fss:eu-de:p1:function:default:orders");
    private static final Window WINDOW =
            new Window(ORDERS, new TimeRange(START, START.plusSeconds(86_400)));
    private static final SourceIdentity IDENTITY =
            new SourceIdentity(new TreeMap<>(Map.of("k", "v")));

    @TempDir private Path directory = Path.of("");

    @Test
    void asManyOtherRecordsAreALoss() {
        assertThatThrownBy(() -> moved(ids("a", 100), ids("b", 100), Map.of()))
                .isInstanceOf(FewerRecords.class)
                .hasMessageContaining(
                        "of 100 exported records the source does not list 100 any more");
    }

    @Test
    void oneRecordThatTheSourceNoLongerKnowsIsALossAndIsNamed() {
        List<Invocation> less = ids("a", 100).subList(1, 100);

        assertThatThrownBy(() -> moved(ids("a", 100), less, Map.of()))
                .isInstanceOf(FewerRecords.class)
                .hasMessageContaining("does not list 1 any more, such as a0");
    }

    @Test
    void aRecordThatStartsInAnotherWindowByNowIsNoLoss() throws Exception {
        List<Invocation> less = ids("a", 100).subList(1, 100);

        long moved = moved(ids("a", 100), less, Map.of("a0", "2026-11-03T10:00:00"));

        assertThat(moved).isEqualTo(1);
    }

    @Test
    void aRecordThatStillBelongsHereAndIsNotListedIsALoss() {
        List<Invocation> less = ids("a", 100).subList(1, 100);

        assertThatThrownBy(() -> moved(ids("a", 100), less, Map.of("a0", "2026-11-01T10:00:00")))
                .isInstanceOf(FewerRecords.class);
    }

    @Test
    void moreRecordsAreNoLoss() throws Exception {
        assertThat(
                        moved(
                                ids("a", 100),
                                Stream.concat(ids("a", 100).stream(), ids("b", 7).stream())
                                        .toList(),
                                Map.of()))
                .isZero();
    }

    /**
     * @param byId what the source says when it is asked for one record: id → start time
     */
    private long moved(
            List<Invocation> exported, List<Invocation> reading, Map<String, String> byId)
            throws Exception {
        try (State state =
                        State.open(
                                new StateLocation.Directory(directory.resolve("state")),
                                "job",
                                new Holder("test", "host", 1, START),
                                3);
                Lease lease = state.acquireLease();
                Sink sink =
                        Sinks.open(
                                new SinkSpec.Csv(directory.resolve("csv"), false),
                                "job",
                                ZoneOffset.UTC)) {
            Ledger ledger = lease.ledger();
            ledger.begin(WINDOW, 1, START, IDENTITY);
            ledger.received(WINDOW, 1, sink.publish(WINDOW, 1, 0, exported.iterator()));
            Entry.Exported entry =
                    new Entry.Exported(
                            1,
                            START,
                            exported.size(),
                            0,
                            0,
                            OptionalLong.empty(),
                            new Verdict(Verdict.Kind.UNPROVEN, "told so"),
                            IDENTITY);
            ledger.exported(WINDOW, entry);
            Stage stage = Stage.in(directory.resolve("stage"), ORDERS);
            long length;
            try (StageWriter writer = stage.openAt(0)) {
                writer.append(reading, List.of());
                length = writer.commit();
            }
            try (SortedStage sorted = stage.read(length, SortMemory.ofMegabytes(1), r -> true)) {
                SingleRecords single =
                        new SingleRecords(
                                new KnownRecords(byId), ledger, FilterMeaning.ASSUMED, 500);
                return new LossCheck(ledger, List.of(sink), single)
                        .moved(WINDOW, entry, sorted, START.plusSeconds(864_000));
            }
        }
    }

    private static List<Invocation> ids(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        new Invocation(
                                ORDERS,
                                prefix + i,
                                InvocationStatus.SUCCEEDED,
                                "SUCCESS",
                                0L,
                                null,
                                START.plusSeconds(i),
                                START.plusSeconds(i + 1)))
                .toList();
    }

    private record KnownRecords(Map<String, String> startTimes) implements InvocationSource {
        @Override
        public Answer<Page> page(PageRequest request) {
            String id = request.requestId().orElseThrow();
            List<RawInvocation> found =
                    startTimes.containsKey(id)
                            ? List.of(
                                    new RawInvocation(
                                            id,
                                            "SUCCESS",
                                            "0",
                                            null,
                                            startTimes.get(id),
                                            null,
                                            null,
                                            new RawJson(new byte[0], 0, 0)))
                            : List.of();
            return new Answer.Ok<>(new Page(found, Optional.empty(), OptionalLong.empty(), 1));
        }

        @Override
        public Answer<List<FunctionUrn>> functions() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Answer<Optional<Boolean>> recordsStatuses(FunctionUrn function) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
