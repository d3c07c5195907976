package io.tidemark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.job.SinkSpec;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.SourceIdentity;
import io.tidemark.ledger.Verdict;
import io.tidemark.sandbox.FunctionUrn;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sandbox.InvocationStatus;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.sink.Sinks;
import io.tidemark.stage.Answers;
import io.tidemark.stage.Ordered;
import io.tidemark.stage.SortMemory;
import io.tidemark.stage.Stage;
import io.tidemark.stage.StageWriter;
import io.tidemark.testing.Records;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossesTest {
    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    private static final FunctionUrn ORDERS =
            FunctionUrn.of("urn:fss:eu-de:p1:function:default:orders");
    private static final Window WINDOW =
            new Window(Records.feed(ORDERS), new TimeRange(START, START.plusSeconds(86_400)));

    @TempDir private Path directory = Path.of("");
    private Sink sink;

    @BeforeEach
    void open() {
        sink =
                Sinks.open(
                        new SinkSpec.Csv(directory.resolve("csv"), false),
                        Records.SCHEMA,
                        "job",
                        ZoneOffset.UTC);
    }

    // what this job exported

    @Test
    void asManyOtherRecordsAreALoss() throws Exception {
        Entry.Export before = exported(ids("a", 100));

        assertThatThrownBy(() -> judge(Optional.of(before), Set.of(), ids("b", 100), Set.of()))
                .isInstanceOf(FewerRecords.class)
                .hasMessageContaining(
                        "of 100 exported records the source does not list 100 any more");
    }

    @Test
    void oneRecordThatTheSourceNoLongerKnowsIsALossAndIsNamed() throws Exception {
        Entry.Export before = exported(ids("a", 100));
        List<Invocation> less = ids("a", 100).subList(1, 100);

        assertThatThrownBy(() -> judge(Optional.of(before), Set.of(), less, Set.of()))
                .isInstanceOf(FewerRecords.class)
                .hasMessageContaining("does not list 1 any more, such as a0")
                .hasMessageContaining("nothing is dropped");
    }

    @Test
    void oneThatIsLostAmongManyThatCameIsStillNamed() throws Exception {
        Entry.Export before = exported(ids("a", 100));
        List<Invocation> otherwise =
                Stream.concat(ids("a", 100).subList(0, 99).stream(), ids("b", 500).stream())
                        .toList();

        assertThatThrownBy(() -> judge(Optional.of(before), Set.of(), otherwise, Set.of()))
                .isInstanceOf(FewerRecords.class)
                .hasMessageContaining("does not list 1 any more, such as a99");
    }

    @Test
    void aRecordThatTheSourceSaysIsAnotherWindowsByNowIsNoLoss() throws Exception {
        Entry.Export before = exported(ids("a", 100));
        List<Invocation> less = ids("a", 100).subList(1, 100);

        assertThatCode(() -> judge(Optional.of(before), Set.of(), less, Set.of("a0")))
                .doesNotThrowAnyException();
    }

    @Test
    void moreRecordsAreNoLoss() throws Exception {
        Entry.Export before = exported(ids("a", 100));
        List<Invocation> more =
                Stream.concat(ids("a", 100).stream(), ids("b", 7).stream()).toList();

        assertThatCode(() -> judge(Optional.of(before), Set.of(), more, Set.of()))
                .doesNotThrowAnyException();
    }

    @Test
    void whereNoFileStandsTheNumbersAreCompared() throws Exception {
        Entry.Export before = entry(100);

        assertThatThrownBy(() -> judge(Optional.of(before), Set.of(), ids("a", 99), Set.of()))
                .isInstanceOf(FewerRecords.class)
                .hasMessageContaining("of 100 exported records the source does not list 1 any more")
                .hasMessageNotContaining("such as");
        assertThatCode(() -> judge(Optional.of(before), Set.of(), ids("a", 100), Set.of()))
                .doesNotThrowAnyException();
    }

    @Test
    void whereNoFileStandsARecordThatWasOpenMayHaveMoved() throws Exception {
        Entry.Export before = entry(100);
        List<Invocation> less = ids("a", 100).subList(1, 100);

        assertThatThrownBy(() -> judge(Optional.of(before), Set.of("a0"), less, Set.of()))
                .isInstanceOf(FewerRecords.class);
        assertThatCode(() -> judge(Optional.of(before), Set.of("a0"), less, Set.of("a0")))
                .doesNotThrowAnyException();
    }

    // what somebody else put there

    @Test
    void aFileIsNotReplacedByOneWithOtherRecords() throws Exception {
        Receipt standing = publish(ids("a", 3));

        assertThatThrownBy(() -> judge(Optional.empty(), Set.of(), ids("b", 3), Set.of()))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("3 of its records are not among")
                .hasMessageContaining(directory.resolve("csv").resolve(standing.place()).toString())
                .hasMessageContaining("give each job a path of its own");
        assertThat(directory.resolve("csv").resolve(standing.place())).exists();
    }

    @Test
    void aFileIsNotReplacedByOneWithFewerRecords() throws Exception {
        publish(ids("a", 3));

        assertThatThrownBy(() -> judge(Optional.empty(), Set.of(), ids("a", 2), Set.of()))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("1 of its records are not among");
        assertThatCode(() -> judge(Optional.empty(), Set.of(), ids("a", 4), Set.of()))
                .doesNotThrowAnyException();
    }

    @Test
    void aFileWithRecordsIsNotRemovedByAWindowWithout() throws Exception {
        publish(ids("a", 3));

        assertThatThrownBy(() -> losses(Optional.empty(), Set.of()).refuseAll())
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("at least 1 of its records");
    }

    @Test
    void whatIsDamagedHoldsNothingThatCouldBeLost() throws Exception {
        Receipt standing = publish(ids("a", 3));
        Files.writeString(directory.resolve("csv").resolve(standing.place()), "\"no rec");

        assertThatCode(() -> judge(Optional.empty(), Set.of(), ids("b", 1), Set.of()))
                .doesNotThrowAnyException();
    }

    @Test
    void onlyWhatWasLookedAtMayBeReplaced() throws Exception {
        assertThat(losses(Optional.empty(), Set.of()).replaceable(sink)).isEmpty();
        publish(ids("a", 3));
        Optional<String> first = losses(Optional.empty(), Set.of()).replaceable(sink);
        assertThat(first).isPresent();

        sink.publish(WINDOW, 2, () -> Records.reader(WINDOW.feed(), ids("a", 4)), first);

        assertThat(losses(Optional.empty(), Set.of()).replaceable(sink))
                .isPresent()
                .isNotEqualTo(first);
    }

    private Losses losses(Optional<Entry.Export> before, Set<String> wereOpen)
            throws SinkException {
        return new Losses(WINDOW, Records.SCHEMA, before, wereOpen, List.of(sink));
    }

    /**
     * @param moved what the source says is another window's by now
     */
    private void judge(
            Optional<Entry.Export> before,
            Set<String> wereOpen,
            List<Invocation> staged,
            Set<String> moved)
            throws Exception {
        Stage stage = Stage.in(directory.resolve("stage"), Records.SCHEMA, WINDOW.feed());
        long length;
        try (StageWriter writer = stage.openAt(0)) {
            writer.append(Records.rows(staged), List.of());
            writer.append(new Answers(Map.of(), moved));
            length = writer.commit();
        }
        Losses losses = losses(before, wereOpen);
        try (Ordered ordered = stage.sort(length, SortMemory.ofMegabytes(1), losses.standing())) {
            losses.refuse(ordered, ordered.moved());
        }
    }

    private Receipt publish(List<Invocation> records) throws Exception {
        return sink.publish(
                WINDOW, 1, () -> Records.reader(WINDOW.feed(), records), Optional.empty());
    }

    private Entry.Export exported(List<Invocation> records) throws Exception {
        publish(records);
        return entry(records.size());
    }

    private static Entry.Export entry(int records) {
        return new Entry.Export(
                1,
                START,
                records,
                0,
                0,
                OptionalLong.empty(),
                new Verdict(Verdict.Kind.UNPROVEN, "told so"),
                new SourceIdentity(new TreeMap<>(Map.of("k", "v"))));
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
}
