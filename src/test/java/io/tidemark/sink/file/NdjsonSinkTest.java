package io.tidemark.sink.file;

import static io.tidemark.sink.Fixtures.FUNCTION;
import static io.tidemark.sink.Fixtures.NOV_21;
import static io.tidemark.sink.Fixtures.failed;
import static io.tidemark.sink.Fixtures.succeeded;
import static io.tidemark.sink.Fixtures.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.job.SinkSpec;
import io.tidemark.record.RowReader;
import io.tidemark.sink.Fixtures;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.Sinks;
import io.tidemark.testing.Records;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NdjsonSinkTest extends FileSinkContract {
    private static final String A_LINE =
            "{\"function_urn\":\"urn:fss:eu-de:p1:function:default:orders\",\"region\":\"eu-de\",\"project_id\":\"p1\",\"package\":\"default\",\"function_name\":\"orders\",\"version\":\"latest\",\"request_id\":\"a\",\"status\":\"SUCCEEDED\",\"raw_status\":\"SUCCESS\",\"error_code\":0,\"error_message\":null,\"start_time\":\"2026-11-21T14:27:37Z\",\"end_time\":\"2026-11-21T14:27:38.500Z\",\"duration_ms\":1500}\n";

    SinkSpec.Packing packing() {
        return SinkSpec.Packing.NONE;
    }

    /** As a program of others undoes the packing. */
    InputStream unpacked(InputStream file) throws Exception {
        return file;
    }

    OutputStream packed(OutputStream file) throws Exception {
        return file;
    }

    @Override
    SinkSpec at(Path path) {
        return new SinkSpec.Ndjson(path, packing());
    }

    @Override
    String extension() {
        return "ndjson";
    }

    @Override
    String scan() {
        return """
        read_json('%s', format = 'newline_delimited', hive_partitioning = true,
                  maximum_object_size = 100000000,
                  columns = {'function_urn': 'VARCHAR', 'region': 'VARCHAR',
                    'project_id': 'VARCHAR', 'package': 'VARCHAR', 'function_name': 'VARCHAR',
                    'version': 'VARCHAR', 'request_id': 'VARCHAR', 'status': 'VARCHAR',
                    'raw_status': 'VARCHAR', 'error_code': 'BIGINT', 'error_message': 'VARCHAR',
                    'start_time': 'TIMESTAMPTZ', 'end_time': 'TIMESTAMPTZ',
                    'duration_ms': 'BIGINT'})\
        """
                .formatted(glob());
    }

    @Test
    void theFileReadsAsTheContractSays() throws Exception {
        Receipt receipt;
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            receipt =
                    Fixtures.publish(
                            sink,
                            NOV_21,
                            1,
                            List.of(
                                            succeeded("a", Instant.parse("2026-11-21T14:27:37Z")),
                                            failed("b", "no \"such\" file,\nsorry \u20ac"),
                                            waiting("c"))
                                    .iterator());
        }

        try (InputStream file = unpacked(Files.newInputStream(root().resolve(receipt.place())))) {
            assertThat(new String(file.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(
                            A_LINE
                                    + "{\"function_urn\":\"urn:fss:eu-de:p1:function:default:orders\",\"region\":\"eu-de\",\"project_id\":\"p1\",\"package\":\"default\",\"function_name\":\"orders\",\"version\":\"latest\",\"request_id\":\"b\",\"status\":\"FAILED\",\"raw_status\":\"FAIL\",\"error_code\":4208,\"error_message\":\"no \\\"such\\\" file,\\nsorry €\",\"start_time\":\"2026-11-21T11:00:00Z\",\"end_time\":\"2026-11-21T11:00:02Z\",\"duration_ms\":2000}\n"
                                    + "{\"function_urn\":\"urn:fss:eu-de:p1:function:default:orders\",\"region\":\"eu-de\",\"project_id\":\"p1\",\"package\":\"default\",\"function_name\":\"orders\",\"version\":\"latest\",\"request_id\":\"c\",\"status\":\"WAITING\",\"raw_status\":\"WAIT\",\"error_code\":null,\"error_message\":null,\"start_time\":null,\"end_time\":null,\"duration_ms\":null}\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no JSON at all",
                "[]",
                "{}",
                "{\"function_urn\":\"of other columns\"}",
                "\"duration_ms\":1500} -> \"duration_ms\":\"1500\"}",
                "\"duration_ms\":1500} -> \"duration_ms\":1500.5}",
                "\"duration_ms\":1500} -> \"duration_ms\":99999999999999999999}",
                "\"duration_ms\":1500} -> \"duration_ms\":1500}{}",
                "\"duration_ms\":1500} -> \"duration_ms\":1500,\"more\":1}",
                "\"duration_ms\":1500} -> \"region\":\"eu-nl\"}",
                "\"raw_status\":\"SUCCESS\" -> \"raw_status\":7",
                "\"raw_status\":\"SUCCESS\" -> \"raw_status\":null",
                "\"status\":\"SUCCEEDED\" -> \"status\":\"DONE\"",
                "2026-11-21T14:27:37Z -> yesterday",
            })
    void aLineThatIsNotOursIsNamed(String change) throws Exception {
        String[] parts = change.split(" -> ");
        String line = parts.length == 2 ? A_LINE.replace(parts[0], parts[1]) : change + "\n";
        assertThat(line).isNotEqualTo(A_LINE);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = packed(bytes)) {
            out.write((A_LINE + line).getBytes(StandardCharsets.UTF_8));
        }
        Path file = Files.write(directory.resolve("changed"), bytes.toByteArray());

        assertThatThrownBy(
                        () -> {
                            try (RowReader rows =
                                    new NdjsonFormat(Records.SCHEMA, packing())
                                            .read(FileChannel.open(file), Records.feed(FUNCTION))) {
                                while (rows.next()) {
                                    rows.row();
                                }
                            }
                        })
                .isInstanceOf(java.io.IOException.class)
                .hasMessageMatching("its (line|record) 2 .*");
    }
}
