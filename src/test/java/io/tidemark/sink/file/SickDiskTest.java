package io.tidemark.sink.file;

import static io.tidemark.sink.Fixtures.NOV_21;
import static io.tidemark.sink.Fixtures.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.job.SinkSpec.Compression;
import io.tidemark.record.RowReader;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sink.Fixtures;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.sink.store.Disk;
import io.tidemark.sink.store.LocalStore;
import io.tidemark.testing.Records;
import io.tidemark.window.Feed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A disk that is full, or may not be read, fails the window and harms nothing that stood there. */
class SickDiskTest {

    static Stream<Format> formats() {
        return Stream.of(
                new CsvFormat(Records.SCHEMA, false),
                new ParquetFormat(Records.SCHEMA, Compression.ZSTD));
    }

    /** Takes some bytes and then no more. */
    private static OutputStream diskOf(int bytes) {
        return new OutputStream() {
            private int left = bytes;

            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                left -= length;
                if (left < 0) {
                    throw new IOException("No space left on device");
                }
            }
        };
    }

    private static Sink sink(Path root, Format format) {
        return new FileSink(
                "csv:" + root,
                new LocalStore(root),
                ZoneOffset.UTC,
                Records.SCHEMA,
                format,
                Optional.empty());
    }

    private static RowReader rows() {
        return Records.reader(NOV_21.feed(), records());
    }

    private static Iterator<Invocation> records() {
        return IntStream.range(0, 300).mapToObj(n -> succeeded("id-" + n)).iterator();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void noFormatSwallowsIt(Format format) throws Exception {
        int[] size = {0};
        format.write(
                rows(),
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        size[0]++;
                    }
                });

        assertThat(size[0]).isGreaterThan(1_000);
        for (int room = 0; room < size[0]; room += size[0] / 20) {
            OutputStream disk = diskOf(room);
            assertThatThrownBy(() -> format.write(rows(), disk))
                    .isInstanceOfSatisfying(
                            IOException.class,
                            e -> assertThat(Disk.reason(e)).isEqualTo("No space left on device"));
        }
    }

    @Test
    void whatStoodThereStays(@TempDir Path root) throws Exception {
        Format full =
                new SickCsv() {
                    @Override
                    public long write(RowReader rows, OutputStream out) throws IOException {
                        out.write(new byte[1 << 20]);
                        throw new IOException("No space left on device");
                    }
                };
        Path file;
        try (Sink before = sink(root, new CsvFormat(Records.SCHEMA, false))) {
            file =
                    root.resolve(
                            String.valueOf(Fixtures.publish(before, NOV_21, 1, records()).place()));
        }
        byte[] content = Files.readAllBytes(file);

        try (Sink sink = sink(root, full)) {
            assertThatThrownBy(() ->
                            Fixtures.publish(sink, NOV_21, 2, List.of(succeeded("a")).iterator()))
                    .isInstanceOf(SinkException.class)
                    .hasMessageStartingWith(
                            "cannot write " + file + ": No space left on device. Make it a place");
        }
        assertThat(file).hasBinaryContent(content);
        assertThat(file.resolveSibling("")).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void aFileThatMayNotBeReadIsNotTakenForDamaged(@TempDir Path root) throws Exception {
        Format forbidden =
                new SickCsv() {
                    @Override
                    public String owner(SeekableByteChannel file) throws IOException {
                        throw new AccessDeniedException("the file");
                    }
                };
        Path file;
        try (Sink before = sink(root, new CsvFormat(Records.SCHEMA, false))) {
            file =
                    root.resolve(
                            String.valueOf(Fixtures.publish(before, NOV_21, 1, records()).place()));
        }
        byte[] content = Files.readAllBytes(file);

        try (Sink sink = sink(root, forbidden)) {
            for (List<Invocation> fewer : List.of(List.<Invocation>of(), List.of(succeeded("a")))) {
                assertThatThrownBy(() -> Fixtures.publish(sink, NOV_21, 2, fewer.iterator()))
                        .isInstanceOf(SinkException.class)
                        .hasMessageContaining("no permission for the file");
            }
        }
        assertThat(file).hasBinaryContent(content);
    }

    /** CSV, but for what a test makes of it. */
    private static class SickCsv implements Format {
        private final Format csv = new CsvFormat(Records.SCHEMA, false);

        @Override
        public String extension() {
            return csv.extension();
        }

        @Override
        public long write(RowReader rows, OutputStream out) throws IOException {
            return csv.write(rows, out);
        }

        @Override
        public long count(SeekableByteChannel file) throws IOException {
            return csv.count(file);
        }

        @Override
        public @Nullable String owner(SeekableByteChannel file) throws IOException {
            return csv.owner(file);
        }

        @Override
        public RowReader read(SeekableByteChannel file, Feed feed) throws IOException {
            return csv.read(file, feed);
        }
    }
}
