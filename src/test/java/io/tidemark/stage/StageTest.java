package io.tidemark.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.tidemark.record.Rejected;
import io.tidemark.record.Row;
import io.tidemark.record.RowReader;
import io.tidemark.record.RowSource;
import io.tidemark.record.Rows;
import io.tidemark.record.Times;
import io.tidemark.sandbox.FunctionUrn;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sandbox.InvocationStatus;
import io.tidemark.testing.Records;
import io.tidemark.window.Feed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BinaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

class StageTest {
    private static final FunctionUrn FUNCTION =
            FunctionUrn.of("urn:fss:eu-de:p1:function:default:orders");
    private static final Feed FEED = Records.feed(FUNCTION);
    private static final SortMemory PLENTY = SortMemory.ofMegabytes(8);

    private Path root;
    private Stage stage;
    private Path pages;

    @BeforeTry
    void anEmptyPlace() throws IOException {
        root = Files.createTempDirectory("stage-test");
        stage = Stage.in(root.resolve("job/window"), Records.SCHEMA, FEED);
        pages = root.resolve("job/window/pages");
    }

    @AfterTry
    void cleanUp() throws IOException {
        Stage.deleteTree(root);
    }

    @Property(tries = 100)
    void givesEachIdOnceInSinkOrderWithItsNewestState(
            @ForAll("pageLists") List<Page> arrived, @ForAll("memories") SortMemory memory)
            throws IOException {
        List<Invocation> expected = newestInOrder(arrived);

        try (Ordered sorted = stage.sort(fill(stage, arrived), memory, List.of())) {
            assertThat(Records.invocations(sorted.rows().open())).isEqualTo(expected);
            assertThat(Records.invocations(sorted.rows().open()))
                    .as("a second time")
                    .isEqualTo(expected);
            List<Invocation> byId = new ArrayList<>(expected);
            byId.sort(
                    Comparator.comparing(
                            record -> record.requestId().getBytes(StandardCharsets.UTF_8),
                            Arrays::compareUnsigned));
            assertThat(Records.invocations(sorted.rows().byId())).isEqualTo(byId);
            assertThat(sorted.numbers().rows()).isEqualTo(expected.size());
            assertThat(sorted.numbers().open())
                    .isEqualTo(expected.stream().filter(StageTest::isOpen).count());
        }
    }

    private static boolean isOpen(Invocation record) {
        return record.status().isOpen()
                || record.status() == InvocationStatus.UNKNOWN && record.endTime() == null;
    }

    @Property(tries = 100)
    void givesEachQuarantinedRecordOnce(
            @ForAll("pageLists") List<Page> arrived, @ForAll("memories") SortMemory memory)
            throws IOException {
        var expected = new HashSet<Rejected>();
        arrived.forEach(page -> expected.addAll(page.quarantined));

        try (Ordered sorted = stage.sort(fill(stage, arrived), memory, List.of())) {
            assertThat(listOf(sorted.rejected())).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(sorted.numbers().rejected()).isEqualTo(expected.size());
        }
    }

    @Property(tries = 100)
    void theOrderOfArrivalAndTheMemoryLeaveNoTrace(
            @ForAll("pageLists") List<Page> arrived,
            @ForAll("memories") SortMemory memory,
            @ForAll Random random)
            throws IOException {
        List<Page> otherwise = new ArrayList<>(arrived);
        arrived.forEach(page -> otherwise.add(page.shuffled(random)));
        Collections.shuffle(otherwise, random);
        Stage other = Stage.in(root.resolve("other"), Records.SCHEMA, FEED);

        try (Ordered one = stage.sort(fill(stage, arrived), PLENTY, List.of());
                Ordered two = other.sort(fill(other, otherwise), memory, List.of())) {
            assertThat(Records.invocations(two.rows().open()))
                    .isEqualTo(Records.invocations(one.rows().open()));
            assertThat(listOf(two.rejected())).isEqualTo(listOf(one.rejected()));
        }
    }

    @Property(tries = 100)
    void goingOnAfterKillsLeavesTheSameFileAsNoKill(
            @ForAll("pageLists") List<Page> arrived, @ForAll Random random) throws IOException {
        fill(stage, arrived);

        Stage killed = Stage.in(root.resolve("killed"), Records.SCHEMA, FEED);
        long committed = 0;
        int next = 0;
        do {
            try (StageWriter writer = killed.openAt(committed)) {
                while (next < arrived.size() && random.nextInt(4) > 0) {
                    append(writer, arrived.get(next));
                    if (random.nextBoolean()) { // killed between append and commit
                        break;
                    }
                    committed = writer.commit();
                    next++;
                }
            }
        } while (next < arrived.size());

        assertThat(root.resolve("killed/pages")).hasSameBinaryContentAs(pages);
    }

    @Property(tries = 200)
    void keepsEveryValueExactly(
            @ForAll("anyRecords") Invocation record, @ForAll @AlphaChars String raw)
            throws IOException {
        Rejected quarantined = new Rejected(raw, "so it is");
        long committed = fill(stage, List.of(new Page(List.of(record), List.of(quarantined))));

        try (Ordered sorted = stage.sort(committed, PLENTY, List.of())) {
            assertThat(Records.invocations(sorted.rows().open())).containsExactly(record);
            assertThat(listOf(sorted.rejected())).containsExactly(quarantined);
        }
    }

    @Example
    void aFileThatWasCutAnywhereIsCutBackOrLostAndNeverWrong() throws IOException {
        List<Page> arrived = List.of(page("a", "b"), page("c"), page("d", "e"));
        List<Long> committed = new ArrayList<>();
        try (StageWriter writer = stage.openAt(0)) {
            for (Page page : arrived) {
                append(writer, page);
                committed.add(writer.commit());
            }
        }
        byte[] whole = Files.readAllBytes(pages);
        assertThat((long) whole.length).isEqualTo(committed.getLast());

        for (int length = 0; length <= whole.length; length++) {
            for (int page = 0; page < arrived.size(); page++) {
                Files.write(pages, Arrays.copyOf(whole, length));
                if (length < committed.get(page)) {
                    assertLost(committed.get(page), "ends before byte");
                    assertThat(pages).as("left as it was").hasSize(length);
                } else {
                    assertHolds(committed.get(page), arrived.subList(0, page + 1));
                    stage.openAt(committed.get(page)).close();
                    assertThat(pages).as("cut back").hasSize(committed.get(page));
                    assertHolds(committed.get(page), arrived.subList(0, page + 1));
                }
            }
        }
    }

    @Example
    void noBitOfWhatWasCommittedCanChangeUnnoticed() throws IOException {
        long committed = fill(stage, List.of(page("a", "b"), page("c")));
        byte[] bytes = Files.readAllBytes(pages);

        for (int bit = 0; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(pages, bytes);
            assertLost(committed, "");
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        Files.write(pages, bytes);
        assertHolds(committed, List.of(page("a", "b"), page("c")));
    }

    @Example
    void aLengthThatWasNeverCommittedIsNotBelieved() throws IOException {
        long first = fill(stage, List.of(page("a")));
        long second = fill(stage, List.of(page("a"), page("b")));

        for (long length = first + 1; length < second; length++) {
            assertLost(length, "");
        }
        assertLost(second + 1, "ends before byte");
        assertLost(-1, "");
    }

    @Example
    void whatLiesBehindTheCommittedLengthNeverHappened() throws IOException {
        long committed;
        try (StageWriter writer = stage.openAt(0)) {
            append(writer, page("a"));
            committed = writer.commit();
            append(writer, page("b"));
        }

        assertHolds(committed, List.of(page("a")));
    }

    @Example
    void blocksOfZerosThatACrashMayLeaveAreNoFrames() throws IOException {
        long committed = fill(stage, List.of(page("a")));
        Files.write(pages, new byte[(int) committed]);

        assertLost(committed, "");
    }

    @Example
    void aMissingStageIsLost() {
        assertLost(100, "missing");
    }

    @Example
    void theStageOfAnotherFunctionIsLost() throws IOException {
        long committed = fill(stage, List.of(page("a")));
        Stage other =
                Stage.in(
                        root.resolve("job/window"),
                        Records.SCHEMA,
                        Records.feed(FunctionUrn.of("urn:fss:eu-de:p1:function:default:other")));

        assertThatExceptionOfType(StageLost.class)
                .isThrownBy(() -> other.sort(committed, PLENTY, List.of()))
                .withMessageContaining("another feed");
    }

    @Example
    void theFunctionMayBeSpelledWithItsVersion() throws IOException {
        long committed = fill(stage, List.of(page("a")));
        Stage same =
                Stage.in(
                        root.resolve("job/window"),
                        Records.SCHEMA,
                        Records.feed(FunctionUrn.of(FUNCTION.canonical())));

        try (Ordered sorted = same.sort(committed, PLENTY, List.of())) {
            assertThat(sorted.numbers().rows()).isEqualTo(1);
        }
    }

    @Example
    void aLengthOfZeroIsAnEmptyStage() throws IOException {
        assertHolds(0, List.of());
        try (StageWriter writer = stage.openAt(0)) {
            assertThat(writer.commit()).isZero();
        }
        assertHolds(0, List.of());
    }

    @Example
    void openingAtZeroForgetsWhatWasThere() throws IOException {
        fill(stage, List.of(page("a"), page("b")));
        Files.createDirectories(root.resolve("job/window/sort/left/behind"));

        long committed = fill(stage, List.of(page("c")));

        assertHolds(committed, List.of(page("c")));
    }

    @Example
    void readingLeavesNothingBesideTheStage() throws IOException {
        long committed = fill(stage, List.of(page("a", "b", "c", "d")));

        try (Ordered sorted = stage.sort(committed, new SortMemory(1), List.of())) {
            assertThat(root.resolve("job/window/sort")).isNotEmptyDirectory();
            sorted.rows().open().next(); // a sink that gave up in the middle
        }

        assertThat(root.resolve("job/window")).isDirectoryContaining("glob:**/pages");
        assertThat(root.resolve("job/window").toFile().list()).hasSize(1);
    }

    @Example
    void aFewRecordsAreSortedWithoutFiles() throws IOException {
        long committed = fill(stage, List.of(page("a", "b", "c", "d")));

        try (Ordered sorted = stage.sort(committed, PLENTY, List.of())) {
            assertThat(Records.invocations(sorted.rows().open())).hasSize(4);
            assertThat(root.resolve("job/window/sort")).doesNotExist();
        }
    }

    @Example
    void longRunsAreMergedSeveralAtOnceAndInPasses() throws IOException {
        List<Invocation> many = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            many.add(record("id-" + i, "SUCCESS", i, null));
        }
        List<Invocation> shuffled = new ArrayList<>(many);
        Collections.shuffle(shuffled, new Random(1));
        long committed = fill(stage, List.of(new Page(shuffled, List.of())));

        try (Ordered sorted = stage.sort(committed, new SortMemory(100_000), List.of())) {
            assertThat(root.resolve("job/window/sort/ordered")).isNotEmptyFile();
            assertThat(Records.invocations(sorted.rows().open())).isEqualTo(many);
        }
    }

    @Example
    void damageToWhatWasSortedIsNoticed() throws IOException {
        long committed = fill(stage, List.of(page("a", "b", "c")));

        try (Ordered sorted = stage.sort(committed, new SortMemory(1), List.of())) {
            Path ordered = root.resolve("job/window/sort/ordered");
            byte[] bytes = Files.readAllBytes(ordered);
            bytes[bytes.length - 1]++;
            Files.write(ordered, bytes);
            assertThatIOException()
                    .isThrownBy(() -> {
                        try (RowReader rows = sorted.rows().open()) {
                            while (rows.next()) {
                                rows.row();
                            }
                        }
                    })
                    .withMessageContaining("is damaged");
        }
    }

    @Property(tries = 100)
    void tellsExactlyWhatStandsAndWasNotStaged(
            @ForAll("pageLists") List<Page> arrived,
            @ForAll("memories") SortMemory memory,
            @ForAll Set<@IntRange(max = 40) Integer> numbers,
            @ForAll Set<@IntRange(max = 40) Integer> movedNumbers)
            throws IOException {
        List<Invocation> standing =
                numbers.stream().map(i -> record("id-" + i, "SUCCESS", i, null)).toList();
        Set<String> moved = new HashSet<>();
        movedNumbers.forEach(i -> moved.add("id-" + i));
        Set<String> lost = new HashSet<>();
        standing.forEach(record -> lost.add(record.requestId()));
        newestInOrder(arrived).forEach(record -> lost.remove(record.requestId()));
        RowSource source = () -> Records.reader(FEED, standing);

        long withoutAnswers = fill(stage, arrived);
        Missing missing = stage.missing(withoutAnswers, memory, Map.of(), source);
        assertThat(missing.ids()).containsExactlyInAnyOrderElementsOf(lost);

        long committed;
        try (StageWriter writer = stage.openAt(withoutAnswers)) {
            writer.append(new Answers(Map.of(), moved));
            committed = writer.commit();
        }
        lost.removeAll(moved);
        try (Ordered sorted = stage.sort(committed, memory, List.of(source, source))) {
            for (Missing one : sorted.missing()) {
                assertThat(one.count()).isEqualTo(lost.size());
                assertThat(one.ids()).containsExactlyInAnyOrderElementsOf(lost);
            }
            assertThat(sorted.moved()).isEqualTo(moved.size());
        }
    }

    @Example
    void whatStandsAndIsDamagedIsNotMissed() throws IOException {
        long committed = fill(stage, List.of(page("a")));
        RowSource damaged =
                () -> {
                    throw new IOException("it is no file of ours");
                };

        assertThat(stage.missing(committed, PLENTY, Map.of(), damaged).count()).isZero();
    }

    @Example
    void whatStandsAndMayNotBeReadIsNoReasonToLoseIt() throws IOException {
        long committed = fill(stage, List.of(page("a")));
        RowSource denied =
                () -> {
                    throw new AccessDeniedException("file");
                };

        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> stage.missing(committed, PLENTY, Map.of(), denied));
    }

    @Example
    void dropsWhatIsAnotherWindowsByWhatTheSourceSaidAtTheEnd() throws IOException {
        Rows rows = new Rows(Records.SCHEMA);
        for (int place = 0; place < Row.PLACES; place++) {
            for (String id : List.of("listed", "alone")) {
                Invocation record = record(id + place, "RUNNING", place, null);
                Records.add(record, rows, place);
            }
        }
        long committed;
        try (StageWriter writer = stage.openAt(0)) {
            writer.append(rows, List.of());
            writer.append(
                    new Answers(
                            Map.of(
                                    "listed2", 1 << 2,
                                    "listed3", 1 << 2, // in another place
                                    "listed0", 1),
                            Set.of()));
            committed = writer.commit();
        }
        List<String> doubtful = new ArrayList<>();
        stage.doubtful(committed, (place, id) -> doubtful.add(place + id));

        try (Ordered sorted = stage.sort(committed, PLENTY, List.of())) {
            assertThat(Records.invocations(sorted.rows().open()))
                    .extracting(Invocation::requestId)
                    .doesNotContain("listed1", "alone1", "listed2")
                    .contains("listed0", "alone2", "listed3", "alone3", "listed7")
                    .hasSize(13);
            assertThat(sorted.numbers().returned()).isEqualTo(16);
            assertThat(sorted.numbers().byPlace()).containsExactly(2, 0, 1, 2, 2, 2, 2, 2);
        }
        assertThat(doubtful).hasSize(12).contains("2listed2").doesNotContain("1listed1");
    }

    @Example
    void recordsLargerThanTheMemoryPass() throws IOException {
        List<Invocation> large = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            large.add(record("id-" + i, "FAIL", i, Character.toString('a' + i).repeat(1_000_000)));
        }
        Collections.reverse(large);
        long committed = fill(stage, List.of(new Page(large, List.of())));

        try (Ordered sorted = stage.sort(committed, new SortMemory(500_000), List.of())) {
            assertThat(Records.invocations(sorted.rows().open())).isEqualTo(large.reversed());
        }
    }

    @Example
    void deletingTwiceIsDeletingOnce() throws IOException {
        fill(stage, List.of(page("a")));

        stage.delete();
        stage.delete();

        assertThat(root.resolve("job/window")).doesNotExist();
        assertThat(root.resolve("job")).exists();
    }

    @Example
    void aPlaceThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.createFile(root.resolve("file"));

        assertThatIOException()
                .isThrownBy(() -> Stage.in(file.resolve("window"), Records.SCHEMA, FEED).openAt(0))
                .withMessageContaining("cannot begin a stage in " + file.resolve("window"));
        assertThat(file).exists();
    }

    private void assertLost(long committed, String why) {
        assertThatExceptionOfType(StageLost.class)
                .isThrownBy(() -> stage.openAt(committed).close())
                .withMessageContaining(pages.toString())
                .withMessageContaining(why);
        assertThatExceptionOfType(StageLost.class)
                .isThrownBy(() -> stage.sort(committed, PLENTY, List.of()));
    }

    private void assertHolds(long committed, List<Page> expected) throws IOException {
        try (Ordered sorted = stage.sort(committed, PLENTY, List.of())) {
            assertThat(Records.invocations(sorted.rows().open()))
                    .isEqualTo(newestInOrder(expected));
        }
    }

    private static long fill(Stage stage, List<Page> arrived) throws IOException {
        try (StageWriter writer = stage.openAt(0)) {
            for (Page page : arrived) {
                append(writer, page);
            }
            return writer.commit();
        }
    }

    private static void append(StageWriter writer, Page page) throws IOException {
        writer.append(Records.rows(page.records), page.quarantined);
    }

    /** The truth to compare with: in memory, by a map. */
    private static List<Invocation> newestInOrder(List<Page> arrived) {
        Map<String, Invocation> newest = new LinkedHashMap<>();
        for (Page page : arrived) {
            for (Invocation record : page.records) {
                newest.merge(
                        record.requestId(),
                        record,
                        BinaryOperator.maxBy(Invocation.BY_AGE_OF_STATE));
            }
        }
        return newest.values().stream().sorted(Invocation.SINK_ORDER).toList();
    }

    private static <T> List<T> listOf(Iterator<T> elements) throws IOException {
        List<T> list = new ArrayList<>();
        try {
            elements.forEachRemaining(list::add);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return list;
    }

    private static Page page(String... ids) {
        List<Invocation> records = new ArrayList<>();
        for (String id : ids) {
            records.add(record(id, "SUCCESS", id.hashCode(), null));
        }
        return new Page(records, List.of());
    }

    private static Invocation record(String id, String status, long second, String message) {
        Instant start = Instant.ofEpochSecond(second);
        return new Invocation(
                FUNCTION,
                id,
                InvocationStatus.ofSourceWord(status),
                status,
                0L,
                message,
                start,
                start.plusSeconds(1));
    }

    /** Pages of few ids, so that the same one comes several times and in several states. */
    @Provide
    Arbitrary<List<Page>> pageLists() {
        Arbitrary<Invocation> records =
                records(
                        Arbitraries.integers().between(0, 30).map(i -> "id-" + i),
                        Arbitraries.strings().alpha().ofMaxLength(3),
                        Arbitraries.longs().between(0, 3),
                        Arbitraries.longs().between(0, 9).map(Instant::ofEpochSecond));
        Arbitrary<String> few = Arbitraries.of("", "{}", "{\"request_id\":\"\"}", "\"\\u0000\"");
        Arbitrary<Rejected> quarantined = Combinators.combine(few, few).as(Rejected::new);
        return Combinators.combine(records.list().ofMaxSize(20), quarantined.list().ofMaxSize(2))
                .as(Page::new)
                .list()
                .ofMaxSize(6);
    }

    @Provide
    Arbitrary<Invocation> anyRecords() {
        return records(
                Arbitraries.strings()
                        .ofMinLength(1)
                        .ofMaxLength(80)
                        .filter(StageTest::isWellFormed),
                Arbitraries.oneOf(
                                Arbitraries.strings(),
                                Arbitraries.strings().withChars("a\0\n\uD83D\uDE00é€"))
                        .filter(StageTest::isWellFormed),
                Arbitraries.longs(),
                Arbitraries.longs().between(Times.FIRST, Times.LAST).map(Times::instant));
    }

    /** Sources that send half a character have their record rejected. */
    private static boolean isWellFormed(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static Arbitrary<Invocation> records(
            Arbitrary<String> ids,
            Arbitrary<String> messages,
            Arbitrary<Long> codes,
            Arbitrary<Instant> times) {
        Arbitrary<String> words =
                Arbitraries.of("WAIT", "RUNNING", "SUCCESS", "FAIL", "DISCARD", "TIMEOUT", "");
        return Combinators.combine(
                        ids,
                        words,
                        codes.injectNull(0.2),
                        messages.map(text -> text.isEmpty() ? null : text).injectNull(0.2),
                        times.injectNull(0.2),
                        times.injectNull(0.2))
                .as((id, word, code, message, start, end) ->
                        new Invocation(
                                FUNCTION,
                                id,
                                InvocationStatus.ofSourceWord(word),
                                word,
                                code,
                                message,
                                start,
                                end));
    }

    /** One record at a time, which takes many runs and several passes; a few; all. */
    @Provide
    Arbitrary<SortMemory> memories() {
        return Arbitraries.of(new SortMemory(1), new SortMemory(9_000), PLENTY);
    }

    record Page(List<Invocation> records, List<Rejected> quarantined) {
        Page shuffled(Random random) {
            List<Invocation> records = new ArrayList<>(this.records);
            List<Rejected> quarantined = new ArrayList<>(this.quarantined);
            Collections.shuffle(records, random);
            Collections.shuffle(quarantined, random);
            return new Page(records, quarantined);
        }
    }
}
