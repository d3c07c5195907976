package io.tidemark.sink.file;

import static io.tidemark.sink.Fixtures.FUNCTION;
import static io.tidemark.sink.Fixtures.NOV_21;
import static io.tidemark.sink.Fixtures.failed;
import static io.tidemark.sink.Fixtures.row;
import static io.tidemark.sink.Fixtures.running;
import static io.tidemark.sink.Fixtures.succeeded;
import static io.tidemark.sink.Fixtures.waiting;
import static io.tidemark.sink.Fixtures.window;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.job.SinkSpec;
import io.tidemark.sandbox.FunctionUrn;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sandbox.InvocationStatus;
import io.tidemark.sink.Fixtures;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkContract;
import io.tidemark.sink.SinkException;
import io.tidemark.sink.Sinks;
import io.tidemark.sink.Thoroughness;
import io.tidemark.testing.Records;
import io.tidemark.testing.Rows;
import io.tidemark.window.Window;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.FileSystemUtils;

/** What sinks of files promise beyond {@link SinkContract}. */
abstract class FileSinkContract extends SinkContract {
    @TempDir Path directory;

    abstract SinkSpec at(Path path);

    abstract String extension();

    /** A table function of DuckDB over all files of the tree below {@link #root()}. */
    abstract String scan();

    Path root() {
        return directory.resolve("out/files");
    }

    String glob() {
        return root() + "/**/*." + extension();
    }

    @Override
    public SinkSpec place() {
        return at(root());
    }

    @Override
    public SinkSpec unusablePlace() throws Exception {
        Path file = Files.writeString(directory.resolve("a-file"), "in the way");
        return at(file.resolve("below"));
    }

    @Override
    public List<List<@Nullable Object>> standing() throws Exception {
        if (content().isEmpty()) {
            return List.of();
        }
        return Rows.ofDuckDb(
                """
                SELECT function_urn, region, project_id, package, function_name, version,
                       request_id, status, raw_status, error_code, error_message,
                       epoch_us(start_time), epoch_us(end_time), duration_ms
                FROM %s
                """
                        .formatted(scan()));
    }

    @Override
    public List<String> traces() throws Exception {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.map(Path::toString).sorted().toList();
        }
    }

    @Override
    public Map<String, String> content() throws Exception {
        Map<String, String> hashes = new TreeMap<>();
        for (String path : traces()) {
            if (path.endsWith("." + extension())) {
                hashes.put(path, sha256(Path.of(path)));
            }
        }
        return hashes;
    }

    @Override
    public void lose(Window window) throws Exception {
        // a record cannot be taken out of a file, other than by a program
        String name = "%tY%<tm%<tdT000000Z_".formatted(window.from().atZone(ZoneOffset.UTC));
        for (String path : content().keySet()) {
            if (path.contains(name)) {
                Files.delete(Path.of(path));
            }
        }
    }

    @Override
    public void loseAll() throws Exception {
        FileSystemUtils.deleteRecursively(root());
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    private Receipt publish(ZoneId zone, Window window, Invocation... records) throws Exception {
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", zone)) {
            return Fixtures.publish(sink, window, 1, List.of(records).iterator());
        }
    }

    @Test
    void theFileStandsWhereItsFunctionAndDaySay() throws Exception {
        Receipt receipt = publish(ZoneOffset.UTC, NOV_21, succeeded("a"));

        assertThat(receipt.place())
                .isEqualTo(
                        "function=default.orders.latest/date=2026-11-21/20261121T000000Z_20261122T000000Z."
                                + extension());
        assertThat(root().resolve(receipt.place())).isRegularFile();
    }

    @Test
    void theDayIsTheOneTheWindowBeginsOnInTheZoneOfTheJob() throws Exception {
        Window berlin = window(FUNCTION, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");

        assertThat(publish(ZoneId.of("Europe/Berlin"), berlin, succeeded("a")).place())
                .endsWith("/date=2026-10-25/20261024T220000Z_20261025T230000Z." + extension());
    }

    @Test
    void readersSeeFunctionAndDayAsColumns() throws Exception {
        publish(ZoneOffset.UTC, NOV_21, succeeded("a"));

        assertThat(Rows.ofDuckDb("SELECT function, date, request_id FROM " + scan()))
                .containsExactly(
                        List.of("default.orders.latest", LocalDate.parse("2026-11-21"), "a"));
    }

    @Test
    void namesThatAreNoneForAFileSystemAreEncoded() throws Exception {
        FunctionUrn function =
                FunctionUrn.of("urn:fss:eu-de:p1:function:my.pkg/..:größe%_-x:!blue");

        assertThat(
                        publish(
                                        ZoneOffset.UTC,
                                        new Window(Records.feed(function), NOV_21.range()),
                                        succeeded("a"))
                                .place())
                .startsWith("function=my%2Epkg%2F%2E%2E.gr%C3%B6%C3%9Fe%25_-x.%21blue/date=");
    }

    @Test
    void namesTooLongForAFileSystemAreCutAndStayDistinct() throws Exception {
        String common = "urn:fss:eu-de:p1:function:default:" + "ü".repeat(300);
        String first =
                publish(
                                ZoneOffset.UTC,
                                new Window(
                                        Records.feed(FunctionUrn.of(common + "a")), NOV_21.range()),
                                succeeded("a"))
                        .place();
        String second =
                publish(
                                ZoneOffset.UTC,
                                new Window(
                                        Records.feed(FunctionUrn.of(common + "b")), NOV_21.range()),
                                succeeded("b"))
                        .place();

        assertThat(first)
                .isNotEqualTo(second)
                .matches("function=default[.](%C3|%BC)+~[0-9a-f]{32}/.*");
        assertThat(standing()).hasSize(2);
    }

    @Test
    void aFileOfAnotherFunctionIsNotReplacedHoweverManyRecordsTakeItsPlace() throws Exception {
        Receipt before = publish(ZoneOffset.UTC, NOV_21, succeeded("a"));
        Object content = content();
        FunctionUrn elsewhere = FunctionUrn.of("urn:fss:eu-de:p2:function:default:orders");
        Window window = new Window(Records.feed(elsewhere), NOV_21.range());

        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            for (List<Invocation> records :
                    List.of(
                            List.of(of(elsewhere, "b"), of(elsewhere, "c")),
                            List.<Invocation>of())) {
                assertThatThrownBy(() -> Fixtures.publish(sink, window, 1, records.iterator()))
                        .isInstanceOf(SinkException.class)
                        .hasMessageContaining("cannot replace " + root().resolve(before.place()))
                        .hasMessageContaining("records of " + FUNCTION)
                        .hasMessageContaining("these are of " + elsewhere);
            }
        }
        assertThat(content()).isEqualTo(content);
    }

    @Test
    void aFileIsReplacedHoweverItsFunctionIsSpelled() throws Exception {
        publish(ZoneOffset.UTC, NOV_21, succeeded("a"));
        FunctionUrn spelled = FunctionUrn.of(FUNCTION.canonical());

        publish(
                ZoneOffset.UTC,
                new Window(Records.feed(spelled), NOV_21.range()),
                of(spelled, "a"));

        assertThat(standing()).extracting(List::getFirst).containsExactly(FUNCTION.canonical());
    }

    private static Invocation of(FunctionUrn function, String id) {
        Instant start = NOV_21.from();
        return new Invocation(
                function, id, InvocationStatus.SUCCEEDED, "SUCCESS", 0L, null, start, start);
    }

    @Test
    void functionsWhoseFilesWouldShareADirectoryAreRefusedBeforeAnythingIsWritten()
            throws Exception {
        FunctionUrn elsewhere = FunctionUrn.of("urn:fss:eu-nl:p2:function:default:orders:latest");
        List<String> before = traces();

        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            sink.check(
                    List.of(
                            Records.feed(FUNCTION),
                            Records.feed(FunctionUrn.of(FUNCTION.canonical()))));
            assertThatThrownBy(() ->
                            sink.check(List.of(Records.feed(FUNCTION), Records.feed(elsewhere))))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining(
                            FUNCTION.canonical() + " and " + elsewhere + " would share");
        }
        assertThat(traces()).isEqualTo(before);
    }

    @Test
    void whereCapitalsDoNotCountFunctionsHaveToDifferInMore() {
        FunctionUrn shouted = FunctionUrn.of("urn:fss:eu-de:p1:function:default:ORDERS");

        FileLayout layout = new FileLayout("function", ZoneOffset.UTC);
        assertThat(layout.clash(List.of(Records.feed(FUNCTION), Records.feed(shouted)), true))
                .isEmpty();
        assertThat(layout.clash(List.of(Records.feed(FUNCTION), Records.feed(shouted)), false))
                .contains(shouted.canonical() + " and " + FUNCTION.canonical());
    }

    @Test
    void theReceiptTellsSizeAndHashOfTheFile() throws Exception {
        Receipt receipt = publish(ZoneOffset.UTC, NOV_21, succeeded("a"), failed("b", "no"));

        Path file = root().resolve(receipt.place());
        assertThat(receipt.bytes()).isEqualTo(Files.size(file));
        assertThat(receipt.sha256()).isEqualTo(sha256(file));
    }

    @Test
    void recordsStandInTheOrderTheyCame() throws Exception {
        publish(ZoneOffset.UTC, NOV_21, succeeded("z"), failed("m", "x"), waiting("a"));

        assertThat(standing())
                .containsExactly(row(succeeded("z")), row(failed("m", "x")), row(waiting("a")));
    }

    @Test
    void aWindowWithoutRecordsHasNoFile() throws Exception {
        Receipt receipt = publish(ZoneOffset.UTC, NOV_21);

        assertThat(receipt).isEqualTo(new Receipt(place().id(), null, 0, null, null));
        assertThat(content()).isEmpty();
    }

    // what stands there

    @Test
    void aFileThatIsDamagedMayBeReplaced() throws Exception {
        Receipt receipt = publish(ZoneOffset.UTC, NOV_21, succeeded("a"), succeeded("b"));
        Path file = root().resolve(receipt.place());
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 40));

        publish(ZoneOffset.UTC, NOV_21, succeeded("a"));
        assertThat(standing()).containsExactly(row(succeeded("a")));

        Files.writeString(file, "nothing");
        publish(ZoneOffset.UTC, NOV_21);
        assertThat(content()).isEmpty();
    }

    @Test
    void aFileThatCannotBeOpenedIsNotTakenForDamaged() throws Exception {
        Receipt receipt = publish(ZoneOffset.UTC, NOV_21, succeeded("a"));
        Path file = root().resolve(receipt.place());
        Files.delete(file);
        Files.createSymbolicLink(file, file.getFileName());

        assertThatThrownBy(() -> publish(ZoneOffset.UTC, NOV_21)).isInstanceOf(SinkException.class);
        assertThat(Files.isSymbolicLink(file)).isTrue();
    }

    @Test
    void aFileThatHasTheRecordsAlreadyIsLeftAlone() throws Exception {
        Receipt first = publish(ZoneOffset.UTC, NOV_21, succeeded("a"), succeeded("b"));
        Path file = root().resolve(first.place());
        FileTime longAgo = FileTime.from(Instant.parse("2026-11-23T00:00:00Z"));
        Files.setLastModifiedTime(file, longAgo);
        Object inode = Files.getAttribute(file, "unix:ino");

        assertThat(publish(ZoneOffset.UTC, NOV_21, succeeded("a"), succeeded("b")))
                .isEqualTo(first);

        assertThat(Files.getLastModifiedTime(file)).isEqualTo(longAgo);
        assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(inode);
        assertThat(traces()).noneMatch(path -> path.endsWith(".tmp"));
    }

    @Test
    void aFileOfTheSameSizeWithOtherBytesIsReplaced() throws Exception {
        Receipt first = publish(ZoneOffset.UTC, NOV_21, succeeded("a"));
        Path file = root().resolve(first.place());
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        assertThat(publish(ZoneOffset.UTC, NOV_21, succeeded("a"))).isEqualTo(first);
        assertThat(sha256(file)).isEqualTo(first.sha256());
    }

    // reading

    private Optional<List<Invocation>> read(Receipt receipt) throws Exception {
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            return sink.read(NOV_21, receipt).map(Records::invocations);
        }
    }

    @Test
    void whatStandsThereIsReadInItsOrder() throws Exception {
        Invocation[] records = {
            succeeded("z"), failed("m", "\"a\",\r\n\r,b"), running("r"), waiting("a")
        };

        assertThat(read(publish(ZoneOffset.UTC, NOV_21, records))).hasValue(List.of(records));
    }

    @Test
    void ofAWindowWithoutRecordsThereAreNoneToRead() throws Exception {
        assertThat(read(publish(ZoneOffset.UTC, NOV_21))).hasValue(List.of());
    }

    @Test
    void whatIsNotWhatTheReceiptSaysIsNotRead() throws Exception {
        Receipt first = publish(ZoneOffset.UTC, NOV_21, succeeded("a"));
        publish(ZoneOffset.UTC, NOV_21, succeeded("a"), succeeded("b"));

        assertThat(read(first)).isEmpty();
        loseAll();
        assertThat(read(first)).isEmpty();
    }

    @Test
    void manyRecordsAreReadOneAtATime() throws Exception {
        List<Invocation> records =
                Stream.concat(records(50_000).stream(), large(20).stream()).toList();
        Receipt receipt = publish(ZoneOffset.UTC, NOV_21, records.toArray(Invocation[]::new));

        assertThat(read(receipt)).hasValue(records);
    }

    @Test
    void whatTurnsOutUnreadableIsSaid() throws Exception {
        Receipt receipt = publish(ZoneOffset.UTC, NOV_21, succeeded("a"));
        Path file = root().resolve(receipt.place());
        Files.writeString(file, "nothing of ours");
        Receipt garbage =
                new Receipt(receipt.sink(), receipt.place(), 1, Files.size(file), sha256(file));

        assertThatThrownBy(() -> read(garbage))
                .isInstanceOf(SinkException.class)
                .hasMessageStartingWith("cannot read " + file + ": it");
    }

    @Test
    void aWindowWithoutRecordsMakesNoDirectories() throws Exception {
        List<String> before = traces();

        publish(ZoneOffset.UTC, NOV_21);

        assertThat(traces()).isEqualTo(before);
    }

    private Map<Window, String> differences(Receipt receipt, Thoroughness thoroughness)
            throws Exception {
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            return sink.differences(new TreeMap<>(Map.of(NOV_21, receipt)), thoroughness);
        }
    }

    @Test
    void aFileOfAnotherSizeDiffersAtAGlance() throws Exception {
        Receipt receipt = publish(ZoneOffset.UTC, NOV_21, succeeded("a"));
        Files.writeString(root().resolve(receipt.place()), "two bytes and more");

        assertThat(differences(receipt, Thoroughness.GLANCE))
                .containsExactly(
                        Map.entry(
                                NOV_21,
                                "the file has 18 bytes, its receipt says " + receipt.bytes()));
    }

    @Test
    void aFileThatShouldNotBeThereDiffers() throws Exception {
        publish(ZoneOffset.UTC, NOV_21, succeeded("a"));

        assertThat(differences(new Receipt(place().id(), null, 0, null, null), Thoroughness.GLANCE))
                .containsExactly(Map.entry(NOV_21, "a file is there, its receipt says none"));
    }

    @Test
    void aDirectoryInPlaceOfTheFileDiffers() throws Exception {
        Receipt receipt = publish(ZoneOffset.UTC, NOV_21, succeeded("a"));
        Files.delete(root().resolve(receipt.place()));
        Files.createDirectory(root().resolve(receipt.place()));

        assertThat(differences(receipt, Thoroughness.GLANCE))
                .containsExactly(Map.entry(NOV_21, "what is there is not a file"));
    }

    @Test
    void anAlteredByteDiffersOnASecondLook() throws Exception {
        Receipt receipt = publish(ZoneOffset.UTC, NOV_21, succeeded("a"));
        Path file = root().resolve(receipt.place());
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        assertThat(differences(receipt, Thoroughness.GLANCE)).isEmpty();
        assertThat(differences(receipt, Thoroughness.EVERY_BYTE))
                .containsExactly(
                        Map.entry(
                                NOV_21,
                                "the file's content is not what its receipt says (SHA-256)"));
    }

    @Test
    void recordsAreCountedInTheFileItself() throws Exception {
        Receipt receipt =
                publish(ZoneOffset.UTC, NOV_21, failed("a", "two\n\"lines\""), waiting("b"));
        Receipt wrong =
                new Receipt(receipt.sink(), receipt.place(), 3, receipt.bytes(), receipt.sha256());

        assertThat(differences(wrong, Thoroughness.EVERY_BYTE))
                .containsExactly(Map.entry(NOV_21, "the file has 2 records, its receipt says 3"));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.5, 0.9})
    void aFileThatEndsTooEarlyIsNoneOfItsKind(double part) throws Exception {
        Receipt whole = publish(ZoneOffset.UTC, NOV_21, succeeded("a"), failed("b", "no"));
        Path file = root().resolve(whole.place());
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, (int) (bytes.length * part)));
        // what a receipt would say if it had been cut before it was hashed
        Receipt cut = new Receipt(whole.sink(), whole.place(), 2, Files.size(file), sha256(file));

        assertThat(differences(cut, Thoroughness.EVERY_BYTE).get(NOV_21))
                .startsWith("the file cannot be read: ")
                .doesNotContain("Exception");
    }

    @Test
    void aFileThatMayNotBeReadIsAnError() throws Exception {
        // a loop of links: this holds for every user, while permissions do not for root
        Receipt receipt = publish(ZoneOffset.UTC, NOV_21, succeeded("a"));
        Path file = root().resolve(receipt.place());
        Files.delete(file);
        Files.createSymbolicLink(file, file.getFileName());

        assertThatThrownBy(() -> differences(receipt, Thoroughness.GLANCE))
                .isInstanceOf(SinkException.class)
                .hasMessageStartingWith("cannot read " + file + ": ")
                .hasMessageNotContaining("Exception");
    }

    @Test
    void whatAKilledAttemptLeftIsSkippedByReadersAndRemovedByTheNextPublish() throws Exception {
        Receipt receipt = publish(ZoneOffset.UTC, NOV_21, succeeded("a"));
        Path file = root().resolve(receipt.place());
        List<String> before = traces();
        // what stands there when a process dies between its first byte and the rename
        Set<String> seen = new TreeSet<>();
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            Fixtures.publish(
                    sink,
                    NOV_21,
                    2,
                    observed(List.of(failed("a", "x")), () -> seen.addAll(traces())));
        }
        before.forEach(seen::remove);
        assertThat(seen).singleElement().asString().contains("/_" + file.getFileName() + ".");
        Files.writeString(Path.of(seen.iterator().next()), "half a reco");

        assertThat(standing()).containsExactly(row(failed("a", "x")));
        publish(ZoneOffset.UTC, NOV_21, succeeded("a"));
        assertThat(traces()).isEqualTo(before);
    }

    @Test
    void aWindowLeavesTheUnfinishedFilesOfOthersAlone() throws Exception {
        Receipt receipt = publish(ZoneOffset.UTC, NOV_21, succeeded("a"));
        Path other =
                Files.writeString(
                        root().resolve(receipt.place())
                                .resolveSibling("_20261121T000000Z_20261121T010000Z.x.1.tmp"),
                        "at work");

        publish(ZoneOffset.UTC, NOV_21, succeeded("a"));

        assertThat(other).exists();
    }

    @Test
    void whoWasOvertakenCannotPublish() throws Exception {
        try (Sink paused = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            Iterator<Invocation> overtaken =
                    observed(
                            List.of(waiting("a")),
                            () -> publish(ZoneOffset.UTC, NOV_21, succeeded("a")));

            assertThatThrownBy(() -> Fixtures.publish(paused, NOV_21, 1, overtaken))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("was changed by somebody else");
        }
        assertThat(standing()).containsExactly(row(succeeded("a")));
    }

    @Test
    void aRefusalNamesThePlaceAndWhatIsInTheWay() throws Exception {
        try (Sink sink = Sinks.open(unusablePlace(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            assertThatThrownBy(() -> sink.check(List.of(Records.feed(FUNCTION))))
                    .hasMessageContaining("cannot write " + directory.resolve("a-file/below"))
                    .hasMessageContaining(directory.resolve("a-file") + " is not a directory")
                    .hasMessageContaining("another path");
        }
    }
}
