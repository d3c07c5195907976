package io.tidemark.sink.file;

import com.github.luben.zstd.ZstdIOException;
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
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The canonical form of rows, one JSON object a line; as it is, or packed. */
final class NdjsonFormat implements Format {
    private static final int CHUNK = 1 << 16;
    private static final int ZSTD_LEVEL = 3;
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

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
        try {
            return switch (packing) {
                case NONE -> in;
                case GZIP -> new GZIPInputStream(in, CHUNK);
                case ZSTD -> new ZstdInputStream(in);
            };
        } catch (ZipException | EOFException other) {
            throw new IOException("it is no gzip file");
        }
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

    /**
     * The objects of a file, one a line. There is at least one, for a window without records has no
     * file.
     */
    private final class Lines {
        private final BufferedReader text;
        private long line;
        private JsonNode object;
        private boolean first = true;

        /**
         * @throws IOException the file does not begin with a record
         */
        Lines(SeekableByteChannel file) throws IOException {
            text =
                    new BufferedReader(
                            new InputStreamReader(
                                    unpacked(file), StandardCharsets.UTF_8.newDecoder()));
            object = object(nextLine());
        }

        private @Nullable String nextLine() throws IOException {
            try {
                return text.readLine();
            } catch (ZipException | ZstdIOException | EOFException cut) {
                throw new IOException("it is not whole: " + cut.getMessage());
            } catch (CharacterCodingException noText) {
                throw new IOException("it is not UTF-8");
            }
        }

        boolean advance() throws IOException {
            if (first) {
                first = false;
                return true;
            }
            String next = nextLine();
            if (next == null) {
                return false;
            }
            object = object(next);
            return true;
        }

        private JsonNode object(@Nullable String text) throws IOException {
            line++;
            if (text == null) {
                throw new IOException("it is empty");
            }
            JsonNode read;
            try {
                read = JSON.readTree(text);
            } catch (JacksonException noJson) {
                throw new IOException("its line %d is no JSON".formatted(line));
            }
            if (!read.isObject() || read.size() != schema.size()) {
                throw new IOException("its line %d has other columns".formatted(line));
            }
            return read;
        }

        @Nullable Object value(int field) throws IOException {
            Field column = schema.field(field);
            JsonNode value = object.get(column.name());
            boolean fits =
                    value != null
                            && (value.isNull()
                                    ? column.nullable()
                                    : column.type() == Field.Type.BIGINT
                                            ? value.isIntegralNumber() && value.canConvertToLong()
                                            : value.isString());
            if (!fits) {
                throw new IOException(
                        "its line %d has no such %s as there is".formatted(line, column.name()));
            }
            if (value.isNull()) {
                return null;
            }
            return value.isNumber() ? (Object) value.asLong() : value.asString();
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
