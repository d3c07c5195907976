package io.tidemark.sink.file;

import static io.tidemark.sink.Fixtures.FUNCTION;
import static io.tidemark.sink.Fixtures.failed;
import static io.tidemark.sink.Fixtures.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.tidemark.job.SinkSpec.Compression;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sandbox.InvocationStatus;
import io.tidemark.testing.Records;
import io.tidemark.window.Feed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Formats read what they wrote, and know what they did not write. */
class FormatTest {
    private static final String HEADER =
            "function_urn,region,project_id,package,function_name,version,request_id,status,raw_status,error_code,error_message,start_time,end_time,duration_ms";
    private static final String ROW = "u,r,p,k,n,v,i,SUCCEEDED,S,0,,,,";

    private static final Feed FEED = Records.feed(FUNCTION);

    @TempDir Path directory;

    private static void write(Format format, Path file, List<Invocation> records)
            throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            format.write(Records.reader(FEED, records), out);
        }
    }

    private static List<Invocation> read(Format format, Path file) throws IOException {
        return Records.invocations(format.read(Files.newByteChannel(file), FEED));
    }

    private static long count(Format format, Path file) throws IOException {
        try (SeekableByteChannel open = Files.newByteChannel(file)) {
            return format.count(open);
        }
    }

    // reading back

    /** Every record that the normaliser lets pass. */
    @Provide
    Arbitrary<List<Invocation>> records() {
        Arbitrary<String> text =
                Arbitraries.oneOf(
                        Arbitraries.strings().withChars("\",\r\n\\ \t'=+-@;a＝").ofMaxLength(12),
                        Arbitraries.integers()
                                .between(1, Character.MAX_CODE_POINT)
                                .filter(c ->
                                        c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                                .map(Character::toString)
                                .list()
                                .ofMaxSize(12)
                                .map(characters -> String.join("", characters)));
        Arbitrary<String> nonEmpty = text.map(t -> t.isEmpty() ? "x" : t);
        Arbitrary<Instant> time =
                Combinators.combine(
                                Arbitraries.longs()
                                        .between(
                                                Instant.parse("0001-01-01T00:00:00Z")
                                                        .getEpochSecond(),
                                                Instant.parse("+294246-12-31T23:59:59Z")
                                                        .getEpochSecond()),
                                Arbitraries.integers().between(0, 999_999))
                        .as((seconds, micros) -> Instant.ofEpochSecond(seconds, micros * 1_000L));
        return Combinators.combine(
                        nonEmpty,
                        Arbitraries.of(InvocationStatus.class),
                        text,
                        Arbitraries.longs().injectNull(0.2),
                        nonEmpty.injectNull(0.2),
                        time.injectNull(0.2),
                        time.injectNull(0.2))
                .as((id, status, raw, code, message, start, end) ->
                        new Invocation(FUNCTION, id, status, raw, code, message, start, end))
                .list()
                .ofMaxSize(20);
    }

    @Property(tries = 200)
    void csvIsReadAsItWasWritten(@ForAll("records") List<Invocation> records) throws Exception {
        comesBack(new CsvFormat(Records.SCHEMA, false), records);
    }

    @Property(tries = 200)
    void guardedCsvIsReadAsItWasBeforeTheGuard(@ForAll("records") List<Invocation> records)
            throws Exception {
        comesBack(new CsvFormat(Records.SCHEMA, true), records);
    }

    @Property(tries = 60)
    void parquetIsReadAsItWasWritten(
            @ForAll("records") List<Invocation> records, @ForAll Compression compression)
            throws Exception {
        comesBack(new ParquetFormat(Records.SCHEMA, compression), records);
    }

    private static void comesBack(Format format, List<Invocation> records) throws Exception {
        Path file = Files.createTempFile("records", "." + format.extension());
        try {
            write(format, file, records);

            assertThat(read(format, file)).isEqualTo(records);
            assertThat(count(format, file)).isEqualTo(records.size());
        } finally {
            Files.delete(file);
        }
    }

    @ParameterizedTest
    @EnumSource
    void parquetIsReadHoweverItIsCompressed(Compression compression) throws Exception {
        Path file = directory.resolve("records.parquet");
        List<Invocation> records = List.of(succeeded("a"), failed("b", "no"));
        write(new ParquetFormat(Records.SCHEMA, compression), file, records);

        for (Compression configured : Compression.values()) {
            assertThat(read(new ParquetFormat(Records.SCHEMA, configured), file))
                    .isEqualTo(records);
        }
    }

    @Test
    void aParquetFileOfAnotherProgramIsCountedAndNotTakenForOurs() throws Exception {
        Path file = directory.resolve("records.parquet");
        try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckDb.createStatement()) {
            statement.execute(
                    "COPY (SELECT range AS request_id FROM range(345)) TO '%s'".formatted(file));
        }
        ParquetFormat format = new ParquetFormat(Records.SCHEMA, Compression.ZSTD);

        assertThat(count(format, file)).isEqualTo(345);
        assertThatThrownBy(() -> read(format, file)).hasMessage("it has other columns");
    }

    // CSV

    private Path csv(String text) throws IOException {
        return Files.writeString(directory.resolve("records.csv"), text);
    }

    @Test
    void aMessageOfManyLinesIsReadInTimeThatGrowsWithItsLength() throws Exception {
        List<Invocation> records = List.of(failed("a", "at \"line\"\n".repeat(200_000)));
        Path file = directory.resolve("records.csv");
        write(new CsvFormat(Records.SCHEMA, false), file, records);

        // 2.2 MB; a parser that begins again at each line takes many minutes
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () ->
                        assertThat(read(new CsvFormat(Records.SCHEMA, false), file))
                                .isEqualTo(records));
    }

    @Test
    void linesOfOtherProgramsAreCounted() throws Exception {
        CsvFormat format = new CsvFormat(Records.SCHEMA, false);

        assertThat(count(format, csv(HEADER))).isZero();
        assertThat(count(format, csv(HEADER + "\n" + ROW))).isEqualTo(1);
        assertThat(count(format, csv(HEADER + "\r\n" + ROW + "\r\n" + ROW + "\r\n"))).isEqualTo(2);
        assertThat(count(format, csv(HEADER + "\n" + ROW.replace("k", "\"\r\n\"\",\"") + "\n")))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    function_urn,region | its header line is not function_urn,region,project_id
                    HEADER,more         | line 1 has text where it should end
                    HEADER+ROW+a,b      | record 2 has 2 fields, not 14
                    HEADER+ROW,         | record 1 has 15 fields, not 14
                    HEADER+"ROW         | it ends within quotes
                    HEADER+x"x",ROW     | line 2 has a quote within a field
                    HEADER+"x"x,ROW     | line 2 has text where it should end
                    """)
    void textThatIsNoFileOfOursIsNamed(String text, String says) throws Exception {
        Path file = csv(text.replace("+", "\n").replace("HEADER", HEADER).replace("ROW", ROW));

        assertThatThrownBy(() -> count(new CsvFormat(Records.SCHEMA, false), file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(says);
    }

    @Test
    void bytesThatAreNoTextAreNoCsv() throws Exception {
        Path file = csv(HEADER + "\n" + ROW);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 20] = (byte) 0xff;
        Files.write(file, bytes);

        assertThatThrownBy(() -> count(new CsvFormat(Records.SCHEMA, false), file))
                .hasMessage("it is not UTF-8");
    }
}
