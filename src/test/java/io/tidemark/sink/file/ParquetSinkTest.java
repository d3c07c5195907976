package io.tidemark.sink.file;

import static io.tidemark.sink.Fixtures.NOV_21;
import static io.tidemark.sink.Fixtures.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.job.SinkSpec;
import io.tidemark.job.SinkSpec.Compression;
import io.tidemark.record.RowReader;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sink.Fixtures;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.Sinks;
import io.tidemark.sink.Thoroughness;
import io.tidemark.testing.Records;
import io.tidemark.testing.Rows;
import io.tidemark.window.Window;
import java.io.File;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParquetSinkTest extends FileSinkContract {

    @Override
    SinkSpec at(Path path) {
        return new SinkSpec.Parquet(path, Compression.ZSTD);
    }

    @Override
    String extension() {
        return "parquet";
    }

    @Override
    String scan() {
        return "read_parquet('%s', hive_partitioning = true)".formatted(glob());
    }

    @Test
    void theSchemaIsTheOneOfTheContract() throws Exception {
        publishOne(Compression.ZSTD);

        assertThat(
                        Rows.ofDuckDb(
                                """
                                SELECT name, type, repetition_type, converted_type, logical_type
                                FROM parquet_schema('%s') WHERE num_children IS NULL
                                """
                                        .formatted(glob())))
                .extracting(
                        row -> row.stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .containsExactly(
                        "function_urn BYTE_ARRAY REQUIRED UTF8 StringType()",
                        "region BYTE_ARRAY REQUIRED UTF8 StringType()",
                        "project_id BYTE_ARRAY REQUIRED UTF8 StringType()",
                        "package BYTE_ARRAY REQUIRED UTF8 StringType()",
                        "function_name BYTE_ARRAY REQUIRED UTF8 StringType()",
                        "version BYTE_ARRAY REQUIRED UTF8 StringType()",
                        "request_id BYTE_ARRAY REQUIRED UTF8 StringType()",
                        "status BYTE_ARRAY REQUIRED UTF8 StringType()",
                        "raw_status BYTE_ARRAY REQUIRED UTF8 StringType()",
                        "error_code INT64 OPTIONAL null null",
                        "error_message BYTE_ARRAY OPTIONAL UTF8 StringType()",
                        "start_time INT64 OPTIONAL TIMESTAMP_MICROS TimestampType(isAdjustedToUTC=1, unit=TimeUnit(MILLIS=<null>, MICROS=MicroSeconds(), NANOS=<null>))",
                        "end_time INT64 OPTIONAL TIMESTAMP_MICROS TimestampType(isAdjustedToUTC=1, unit=TimeUnit(MILLIS=<null>, MICROS=MicroSeconds(), NANOS=<null>))",
                        "duration_ms INT64 OPTIONAL null null");
    }

    @ParameterizedTest
    @CsvSource({"ZSTD, ZSTD", "SNAPPY, SNAPPY", "NONE, UNCOMPRESSED"})
    void pagesAreCompressedAsTheJobFileSays(Compression compression, String codec)
            throws Exception {
        publishOne(compression);

        assertThat(
                        Rows.ofDuckDb(
                                "SELECT DISTINCT compression FROM parquet_metadata('%s')"
                                        .formatted(glob())))
                .containsExactly(List.of(codec));
        assertThat(Rows.ofDuckDb("SELECT request_id FROM " + scan())).containsExactly(List.of("a"));
    }

    @Test
    void theFooterNamesTheLibraryAndTheSchemaAndNothingOfThisMachine() throws Exception {
        publishOne(Compression.ZSTD);

        assertThat(
                        Rows.ofDuckDb(
                                "SELECT created_by FROM parquet_file_metadata('%s')"
                                        .formatted(glob())))
                .singleElement()
                .asString()
                .startsWith("[parquet-mr version 1.18.1 (build ");
        assertThat(
                        Rows.ofDuckDb(
                                "SELECT decode(key) FROM parquet_kv_metadata('%s')"
                                        .formatted(glob())))
                .containsExactlyInAnyOrder(
                        List.of("parquet.avro.schema"), List.of("writer.model.name"));
    }

    @Test
    void anotherProcessInAnotherZoneWithoutHadoopWritesTheSameBytesAndReadsThem() throws Exception {
        Receipt here = PublishWithoutHadoop.publish(root());
        Path there = directory.resolve("there");
        String classPath =
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !new File(entry).getName().startsWith("hadoop-"))
                        .collect(Collectors.joining(File.pathSeparator));
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Duser.timezone=America/Caracas",
                                "-Duser.language=ar",
                                "-cp",
                                classPath,
                                PublishWithoutHadoop.class.getName(),
                                there.toString())
                        .redirectErrorStream(true)
                        .start();

        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).endsWith(here.sha256() + System.lineSeparator());
    }

    /** Publishes one window, and reads it, in a process that has no Hadoop on its class path. */
    static final class PublishWithoutHadoop {
        public static void main(String[] arguments) throws Exception {
            try {
                Class.forName("org.apache.hadoop.conf.Configuration");
                throw new AssertionError("Hadoop is there, this proves nothing");
            } catch (ClassNotFoundException asItShouldBe) {
                System.out.println(publish(Path.of(arguments[0])).sha256());
            }
        }

        static Receipt publish(Path root) throws Exception {
            try (Sink sink =
                    Sinks.open(
                            new SinkSpec.Parquet(root, Compression.ZSTD),
                            Records.SCHEMA,
                            "nightly",
                            ZoneOffset.UTC)) {
                Receipt receipt = Fixtures.publish(sink, NOV_21, 1, records(20_000).iterator());
                Map<Window, String> differences =
                        sink.differences(
                                new TreeMap<>(Map.of(NOV_21, receipt)), Thoroughness.EVERY_BYTE);
                if (!differences.isEmpty()) {
                    throw new AssertionError(differences);
                }
                try (RowReader reader = sink.read(NOV_21, receipt).orElseThrow()) {
                    for (Invocation expected : records(20_000)) {
                        if (!reader.next() || !Records.invocation(reader.row()).equals(expected)) {
                            throw new AssertionError(expected);
                        }
                    }
                }
                return receipt;
            }
        }
    }

    private void publishOne(Compression compression) throws Exception {
        try (Sink sink =
                Sinks.open(
                        new SinkSpec.Parquet(root(), compression),
                        Records.SCHEMA,
                        "nightly",
                        ZoneOffset.UTC)) {
            Fixtures.publish(sink, NOV_21, 1, List.of(succeeded("a")).iterator());
        }
    }
}
