package io.tidemark.sink.file;

import io.tidemark.job.SinkSpec;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

class NdjsonGzipSinkTest extends NdjsonSinkTest {

    @Override
    SinkSpec.Packing packing() {
        return SinkSpec.Packing.GZIP;
    }

    @Override
    String extension() {
        return "ndjson.gz";
    }

    @Override
    InputStream unpacked(InputStream file) throws Exception {
        return new GZIPInputStream(file);
    }

    @Override
    OutputStream packed(OutputStream file) throws Exception {
        return new GZIPOutputStream(file);
    }
}
