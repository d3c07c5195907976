package io.tidemark.sink.file;

import io.tidemark.job.SinkSpec;
import io.tidemark.record.Row;
import io.tidemark.record.Rows;
import io.tidemark.sink.Sha256;
import io.tidemark.testing.Records;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** 100,000 rows in each form of file, with SHA-256. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 2)
public class FormatBench {
    private static final List<String> OF_FEED =
            List.of("urn:fss:eu-de:p1:function:default:orders", "eu-de", "p1", "default", "orders", "latest");

    private final Rows rows = new Rows(Records.SCHEMA);

    @Setup
    public void rows() {
        Random random = new Random(1);
        int id = Records.SCHEMA.index("request_id");
        int start = Records.SCHEMA.index("start_time");
        int message = Records.SCHEMA.index("error_message");
        int code = Records.SCHEMA.index("error_code");
        for (int i = 0; i < 100_000; i++) {
            rows.begin().place(Row.HERE).state(0);
            rows.text(id, new UUID(random.nextLong(), random.nextLong()).toString());
            if (i % 20 == 0) {
                rows.text(message, "no \"such\" order, try again: " + random.nextInt());
            }
            rows.number(code, i % 20 == 0 ? 4201 : 0);
            rows.number(start, 1_790_000_000_000_000L + 1_000_000L * i);
            rows.end();
        }
    }

    /** Takes the SHA-256 of what is written, and keeps nothing. */
    private static final class Digest extends OutputStream {
        private final MessageDigest digest = Sha256.digest();

        @Override
        public void write(int b) {
            digest.update((byte) b);
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            digest.update(from, offset, length);
        }
    }

    private byte[] written(Format format) throws Exception {
        Digest out = new Digest();
        format.write(rows.reader(OF_FEED), out);
        return out.digest.digest();
    }

    @Benchmark
    public byte[] csv() throws Exception {
        return written(new CsvFormat(Records.SCHEMA, false));
    }

    @Benchmark
    public byte[] ndjson() throws Exception {
        return written(new NdjsonFormat(Records.SCHEMA, SinkSpec.Packing.NONE));
    }

    @Benchmark
    public byte[] parquet() throws Exception {
        return written(new ParquetFormat(Records.SCHEMA, SinkSpec.Compression.ZSTD));
    }
}
