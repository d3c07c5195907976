package io.tidemark.sink.file;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputDecompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/** Stands in for Parquet's own codecs, which are Hadoop's. Knows those that a job file may name. */
final class ParquetCodec implements CompressionCodecFactory {
    private static final int ZSTD_LEVEL = 3;

    /** Works on one page. */
    private interface Work {
        byte[] on(byte[] page) throws IOException;
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName name) {
        return switch (name) {
            case ZSTD -> new Compressor(name, page -> Zstd.compress(page, ZSTD_LEVEL));
            case SNAPPY -> new Compressor(name, Snappy::compress);
            case UNCOMPRESSED -> new Compressor(name, page -> page);
            default -> throw unknown(name);
        };
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
        return switch (name) {
            case ZSTD -> (Decompressor) (page, size) -> Zstd.decompress(page, size);
            case SNAPPY -> (Decompressor) (page, size) -> Snappy.uncompress(page);
            case UNCOMPRESSED -> (Decompressor) (page, size) -> page;
            default -> throw unknown(name);
        };
    }

    private static IllegalArgumentException unknown(CompressionCodecName name) {
        return new IllegalArgumentException("compressed with " + name);
    }

    private static byte[] bytes(BytesInput page) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) page.size());
        page.writeAllTo(bytes);
        return bytes.toByteArray();
    }

    private record Compressor(CompressionCodecName getCodecName, Work work)
            implements BytesInputCompressor {
        @Override
        public BytesInput compress(BytesInput page) throws IOException {
            return BytesInput.from(work.on(bytes(page)));
        }

        @Override
        public void release() {}
    }

    private interface Decompressor extends BytesInputDecompressor {
        byte[] decompress(byte[] page, int size) throws IOException;

        @Override
        default BytesInput decompress(BytesInput page, int size) throws IOException {
            return BytesInput.from(decompress(bytes(page), size));
        }

        /** Asked for by readers outside of the heap only. */
        @Override
        default void decompress(ByteBuffer page, int compressedSize, ByteBuffer target, int size) {
            throw new UnsupportedOperationException();
        }

        @Override
        default void release() {}
    }

    @Override
    public void release() {}
}
