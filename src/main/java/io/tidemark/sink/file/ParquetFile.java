package io.tidemark.sink.file;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/** Opens Parquet files without any class of Hadoop: ADR 0003. */
final class ParquetFile {
    private static final int LARGEST_ALLOCATION = 8 << 20;
    private static final ParquetReadOptions OPTIONS = options();

    private ParquetFile() {}

    /**
     * Opens a file and reads its footer.
     *
     * @throws IOException it is no Parquet file; the message says so for a person
     */
    static ParquetFileReader open(SeekableByteChannel file) throws IOException {
        try {
            return new ParquetFileReader(new ChannelFile(file), OPTIONS);
        } catch (IOException | RuntimeException e) {
            IOException damaged = new IOException("it is no whole Parquet file");
            damaged.addSuppressed(e);
            throw damaged;
        }
    }

    /** What Parquet wants to read; closing what it reads from does not close the channel. */
    private record ChannelFile(SeekableByteChannel channel) implements InputFile {
        @Override
        public long getLength() throws IOException {
            return channel.size();
        }

        @Override
        public SeekableInputStream newStream() {
            return new DelegatingSeekableInputStream(Channels.newInputStream(channel)) {
                @Override
                public long getPos() throws IOException {
                    return channel.position();
                }

                @Override
                public void seek(long to) throws IOException {
                    channel.position(to);
                }

                @Override
                public void close() {
                    // whoever opened it closes it
                }
            };
        }
    }

    /**
     * The builder of these options, and with it ParquetReader, loads Hadoop's FileInputFormat, only
     * to find that no filter is set. Their constructor, which is not public, does without.
     */
    private static ParquetReadOptions options() {
        Constructor<?> constructor =
                Stream.of(ParquetReadOptions.class.getDeclaredConstructors())
                        .max(Comparator.comparingInt(Constructor::getParameterCount))
                        .orElseThrow();
        constructor.setAccessible(true);
        try {
            return (ParquetReadOptions)
                    constructor.newInstance(
                            false, // signed minima and maxima of text
                            false, // filters: by statistics, dictionary, record, column index
                            false,
                            false,
                            false,
                            false, // checksums of pages
                            false, // Bloom filters
                            false, // decryption outside of the heap
                            false, // Hadoop's vectored reads
                            FilterCompat.NOOP,
                            ParquetMetadataConverter.NO_FILTER,
                            new ParquetCodec(),
                            new HeapByteBufferAllocator(),
                            LARGEST_ALLOCATION,
                            Map.of(),
                            null, // decryption
                            null, // metrics
                            new PlainParquetConfiguration());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("another version of Parquet", e);
        }
    }
}
