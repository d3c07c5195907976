package io.tidemark.sink.file;

import static io.tidemark.sink.Fixtures.FUNCTION;
import static io.tidemark.sink.Fixtures.NOV_21;
import static io.tidemark.sink.Fixtures.failed;
import static io.tidemark.sink.Fixtures.succeeded;
import static io.tidemark.sink.Fixtures.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.job.SinkSpec;
import io.tidemark.record.RowReader;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sandbox.InvocationStatus;
import io.tidemark.sink.Fixtures;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.Sinks;
import io.tidemark.testing.Records;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvSinkTest extends FileSinkContract {

    @Override
    SinkSpec at(Path path) {
        return new SinkSpec.Csv(path, false);
    }

    @Override
    String extension() {
        return "csv";
    }

    @Override
    String scan() {
        return """
        read_csv('%s', hive_partitioning = true, auto_detect = false, header = true,
                 delim = ',', quote = '"', escape = '"', new_line = '\\n', nullstr = '',
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
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            Receipt receipt =
                    Fixtures.publish(
                            sink,
                            NOV_21,
                            1,
                            List.of(
                                            succeeded("a", Instant.parse("2026-11-21T14:27:37Z")),
                                            failed("b", "no \"such\" file,\nsorry"),
                                            waiting("c"))
                                    .iterator());

            assertThat(Files.readString(root().resolve(receipt.place())))
                    .isEqualTo(
                            """
                            function_urn,region,project_id,package,function_name,version,request_id,status,raw_status,error_code,error_message,start_time,end_time,duration_ms
                            urn:fss:eu-de:p1:function:default:orders,eu-de,p1,default,orders,latest,a,SUCCEEDED,SUCCESS,0,,2026-11-21T14:27:37Z,2026-11-21T14:27:38.500Z,1500
                            urn:fss:eu-de:p1:function:default:orders,eu-de,p1,default,orders,latest,b,FAILED,FAIL,4208,"no ""such"" file,
                            sorry",2026-11-21T11:00:00Z,2026-11-21T11:00:02Z,2000
                            urn:fss:eu-de:p1:function:default:orders,eu-de,p1,default,orders,latest,c,WAITING,WAIT,,,,,
                            """);
        }
    }

    @Test
    void guardedTextsAreNoFormulasAndNumbersStayNumbers() throws Exception {
        Instant start = Instant.parse("2026-11-21T11:00:00Z");
        Invocation formulas =
                new Invocation(
                        FUNCTION,
                        "-id",
                        InvocationStatus.UNKNOWN,
                        "@status",
                        -1L,
                        "=HYPERLINK(\"http://example.invalid\",\"open\")",
                        start,
                        start.minusSeconds(1));
        try (Sink sink =
                Sinks.open(
                        new SinkSpec.Csv(root(), true),
                        Records.SCHEMA,
                        "nightly",
                        ZoneOffset.UTC)) {
            Receipt receipt = Fixtures.publish(sink, NOV_21, 1, List.of(formulas).iterator());

            assertThat(Files.readAllLines(root().resolve(receipt.place())).getLast())
                    .endsWith(
                            ",'-id,UNKNOWN,'@status,-1,\"'=HYPERLINK(\"\"http://example.invalid\"\",\"\"open\"\")\",2026-11-21T11:00:00Z,2026-11-21T10:59:59Z,-1000");
            try (RowReader read = sink.read(NOV_21, receipt).orElseThrow()) {
                assertThat(Records.invocations(read)).containsExactly(formulas);
            }
        }
    }
}
