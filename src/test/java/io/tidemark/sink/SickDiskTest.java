package io.tidemark.sink;

import static io.tidemark.sink.Fixtures.NOV_21;
import static io.tidemark.sink.Fixtures.succeeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.invocation.Invocation;
import io.tidemark.job.SinkSpec.Compression;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A disk that is full, or may not be read, fails the window and harms nothing that stood there. */
class SickDiskTest {

    static Stream<RecordFormat> formats() {
        return Stream.of(new CsvFormat(false), new ParquetFormat(Compression.ZSTD));
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

    private static Iterator<Invocation> records() {
        return IntStream.range(0, 300).mapToObj(n -> succeeded("id-" + n)).iterator();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void noFormatSwallowsIt(RecordFormat format) throws Exception {
        int[] size = {0};
        format.write(
                records(),
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        size[0]++;
                    }
                });

        assertThat(size[0]).isGreaterThan(1_000);
        for (int room = 0; room < size[0]; room += size[0] / 20) {
            OutputStream disk = diskOf(room);
            assertThatThrownBy(() -> format.write(records(), disk))
                    .isInstanceOfSatisfying(
                            IOException.class,
                            e -> assertThat(Disk.reason(e)).isEqualTo("No space left on device"));
        }
    }

    @Test
    void whatStoodThereStays(@TempDir Path root) throws Exception {
        RecordFormat full =
                new SickCsv() {
                    @Override
                    public long write(Iterator<Invocation> records, OutputStream out)
                            throws IOException {
                        out.write(new byte[1 << 20]);
                        throw new IOException("No space left on device");
                    }
                };
        Path file;
        try (Sink before =
                new FileSink("csv:" + root, root, ZoneOffset.UTC, new CsvFormat(false))) {
            file = root.resolve(String.valueOf(before.publish(NOV_21, 1, 0, records()).place()));
        }
        byte[] content = Files.readAllBytes(file);

        try (Sink sink = new FileSink("csv:" + root, root, ZoneOffset.UTC, full)) {
            assertThatThrownBy(() -> sink.publish(NOV_21, 2, 0, List.of(succeeded("a")).iterator()))
                    .isInstanceOf(SinkException.class)
                    .hasMessageStartingWith(
                            "cannot write " + file + ": No space left on device. Make it a place");
        }
        assertThat(file).hasBinaryContent(content);
        assertThat(file.resolveSibling("")).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void aFileThatMayNotBeReadIsNotTakenForDamaged(@TempDir Path root) throws Exception {
        RecordFormat forbidden =
                new SickCsv() {
                    @Override
                    public long count(Path file) throws IOException {
                        throw new AccessDeniedException(file.toString());
                    }
                };
        Path file;
        try (Sink before =
                new FileSink("csv:" + root, root, ZoneOffset.UTC, new CsvFormat(false))) {
            file = root.resolve(String.valueOf(before.publish(NOV_21, 1, 0, records()).place()));
        }
        byte[] content = Files.readAllBytes(file);

        try (Sink sink = new FileSink("csv:" + root, root, ZoneOffset.UTC, forbidden)) {
            for (List<Invocation> fewer : List.of(List.<Invocation>of(), List.of(succeeded("a")))) {
                assertThatThrownBy(() -> sink.publish(NOV_21, 2, 0, fewer.iterator()))
                        .isInstanceOf(SinkException.class)
                        .hasMessageContaining("no permission for " + file);
            }
        }
        assertThat(file).hasBinaryContent(content);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyFormatTellsAFileThatCannotBeOpenedFromADamagedOne(
            RecordFormat format, @TempDir Path root) throws Exception {
        Path loop = root.resolve("loop");
        Files.createSymbolicLink(loop, loop);

        assertThatThrownBy(() -> format.count(loop)).isInstanceOf(FileSystemException.class);
    }

    /** CSV, but for what a test makes of it. */
    private static class SickCsv implements RecordFormat {
        private final RecordFormat csv = new CsvFormat(false);

        @Override
        public String extension() {
            return csv.extension();
        }

        @Override
        public long write(Iterator<Invocation> records, OutputStream out)
                throws IOException, SinkException {
            return csv.write(records, out);
        }

        @Override
        public long count(Path file) throws IOException {
            return csv.count(file);
        }

        @Override
        public InvocationReader read(Path file) throws IOException {
            return csv.read(file);
        }
    }
}
