package io.tidemark.sink.file;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import io.tidemark.job.SinkSpec.Packing;
import io.tidemark.record.Bytes;
import io.tidemark.record.Canonical;
import io.tidemark.record.Field;
import io.tidemark.record.RowReader;
import io.tidemark.record.Schema;
import io.tidemark.window.Feed;
import java.io.BufferedReader;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The canonical form of rows, one JSON object a line; as it is, or packed. */
final class NdjsonFormat implements Format {
    private static final int CHUNK = 1 << 16;
    private static final int ZSTD_LEVEL = 3;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Schema schema;
    private final Canonical form;
    private final Packing packing;

    NdjsonFormat(Schema schema, Packing packing) {
        this.schema = schema;
        this.form = new Canonical(schema);
        this.packing = packing;
    }

    @Override
    public String extension() {
        return switch (packing) {
            case NONE -> "ndjson";
            case GZIP -> "ndjson.gz";
            case ZSTD -> "ndjson.zst";
        };
    }

    @Override
    public long write(RowReader rows, OutputStream out) throws IOException {
        long count = 0;
        Bytes chunk = new Bytes(2 * CHUNK);
        try (OutputStream packed = packed(new StaysOpen(out))) {
            while (rows.next()) {
                form.put(rows.row(), chunk);
                count++;
                if (chunk.size() >= CHUNK) {
                    chunk.writeTo(packed);
                    chunk.clear();
                }
            }
            chunk.writeTo(packed);
        }
        return count;
    }

    /** The same bytes for the same bytes: neither form says a time or a name. */
    private OutputStream packed(OutputStream out) throws IOException {
        return switch (packing) {
            case NONE -> out;
            case GZIP -> new GZIPOutputStream(out, CHUNK);
            case ZSTD -> new ZstdOutputStream(out, ZSTD_LEVEL);
        };
    }

    private InputStream unpacked(SeekableByteChannel file) throws IOException {
        InputStream in = Channels.newInputStream(file);
        return switch (packing) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(in, CHUNK);
            case ZSTD -> new ZstdInputStream(in);
        };
    }

    @Override
    public long count(SeekableByteChannel file) throws IOException {
        Lines lines = new Lines(file);
        long count = 0;
        while (lines.advance()) {
            count++;
        }
        return count;
    }

    @Override
    public @Nullable String owner(SeekableByteChannel file) throws IOException {
        Lines lines = new Lines(file);
        return lines.advance() ? (String) lines.value(0) : null;
    }

    @Override
    public RowReader read(SeekableByteChannel file, Feed feed) throws IOException {
        Lines lines;
        try {
            lines = new Lines(file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        return new TextRows(schema, feed) {
            @Override
            boolean advance() throws IOException {
                return lines.advance();
            }

            @Override
            @Nullable Object value(int field) throws IOException {
                return lines.value(field);
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    /** The objects of a file, one a line. */
    private final class Lines {
        private final BufferedReader text;
        private long line;
        private JsonNode object = JSON.createObjectNode();

        Lines(SeekableByteChannel file) throws IOException {
            text =
                    new BufferedReader(
                            new InputStreamReader(
                                    unpacked(file), StandardCharsets.UTF_8.newDecoder()));
        }

        boolean advance() throws IOException {
            String next = text.readLine();
            if (next == null) {
                return false;
            }
            line++;
            try {
                object = JSON.readTree(next);
            } catch (JacksonException noJson) {
                throw new IOException("line %d is no JSON".formatted(line));
            }
            if (!object.isObject() || object.size() != schema.size()) {
                throw new IOException("line %d has other columns".formatted(line));
            }
            return true;
        }

        @Nullable Object value(int field) throws IOException {
            JsonNode value = object.get(schema.field(field).name());
            boolean number = schema.field(field).type() == Field.Type.BIGINT;
            if (value == null || !value.isNull() && value.isNumber() != number) {
                throw new IOException("line %d has other columns or other types".formatted(line));
            }
            if (value.isNull()) {
                return null;
            }
            return number ? (Object) value.asLong() : value.asString();
        }
    }

    /** Ends what is packed without closing the file. */
    private static final class StaysOpen extends FilterOutputStream {
        StaysOpen(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
