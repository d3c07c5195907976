package io.tidemark.sink.file;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.tidemark.job.SinkSpec;
import java.io.InputStream;
import java.io.OutputStream;

class NdjsonZstdSinkTest extends NdjsonSinkTest {

    @Override
    SinkSpec.Packing packing() {
        return SinkSpec.Packing.ZSTD;
    }

    @Override
    String extension() {
        return "ndjson.zst";
    }

    @Override
    InputStream unpacked(InputStream file) throws Exception {
        return new ZstdInputStream(file);
    }

    @Override
    OutputStream packed(OutputStream file) throws Exception {
        return new ZstdOutputStream(file);
    }
}
