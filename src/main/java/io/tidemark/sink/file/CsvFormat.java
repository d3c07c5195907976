package io.tidemark.sink.file;

import static java.util.stream.Collectors.joining;

import io.tidemark.record.Bytes;
import io.tidemark.record.Field;
import io.tidemark.record.Row;
import io.tidemark.record.RowReader;
import io.tidemark.record.Schema;
import io.tidemark.record.Times;
import io.tidemark.window.Feed;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * RFC 4180 with quotes only where they are needed, UTF-8, a header line, lines that end in LF. Null
 * is an empty field; so is an empty text. Texts may be guarded, see {@link FormulaGuard}; numbers
 * and times never look like a formula.
 */
final class CsvFormat implements Format {
    private static final int CHUNK = 1 << 16;

    private final Schema schema;
    private final boolean formulaGuard;
    private final String header;
    private final Field.Type[] types;
    private final int ofFeedFirst; // so many fields are the same in all rows of a window

    CsvFormat(Schema schema, boolean formulaGuard) {
        this.schema = schema;
        this.formulaGuard = formulaGuard;
        this.types = schema.fields().stream().map(Field::type).toArray(Field.Type[]::new);
        this.ofFeedFirst =
                (int) schema.fields().stream().takeWhile(field -> field.ofFeed()).count();
        this.header = schema.fields().stream().map(Field::name).collect(joining(","));
    }

    @Override
    public String extension() {
        return "csv";
    }

    @Override
    public long write(RowReader rows, OutputStream out) throws IOException {
        Bytes chunk = new Bytes(2 * CHUNK);
        chunk.putAscii(header);
        chunk.put('\n');
        Bytes ofFeed = new Bytes(512);
        long count = 0;
        while (rows.next()) {
            if (count++ == 0) {
                putFields(rows.row(), 0, ofFeedFirst, ofFeed);
            }
            chunk.put(ofFeed.data(), 0, ofFeed.size());
            putFields(rows.row(), ofFeedFirst, types.length, chunk);
            chunk.put('\n');
            if (chunk.size() >= CHUNK) {
                chunk.writeTo(out);
                chunk.clear();
            }
        }
        chunk.writeTo(out);
        return count;
    }

    /** Fields of a row, from one to before another, with commas before all but the very first. */
    private void putFields(Row row, int from, int end, Bytes to) {
        for (int i = from; i < end; i++) {
            if (i > 0) {
                to.put(',');
            }
            if (!row.isNull(i)) {
                switch (types[i]) {
                    case TEXT -> putText(row.bytes(i), row.from(i), row.to(i), to);
                    case BIGINT -> to.putDecimal(row.number(i));
                    case TIMESTAMP -> Times.put(row.number(i), to);
                }
            }
        }
    }

    private void putText(byte[] text, int from, int end, Bytes to) {
        if (formulaGuard && from < end && !FormulaGuard.isHarmless(text[from])) {
            putGuarded(new String(text, from, end - from, StandardCharsets.UTF_8), to);
        } else if (isPlain(text, from, end)) {
            to.put(text, from, end - from);
        } else {
            putQuoted(text, from, end, to);
        }
    }

    private void putGuarded(String text, Bytes to) {
        byte[] guarded = FormulaGuard.guarded(text).getBytes(StandardCharsets.UTF_8);
        if (isPlain(guarded, 0, guarded.length)) {
            to.put(guarded);
        } else {
            putQuoted(guarded, 0, guarded.length, to);
        }
    }

    /** Whether a text needs no quotes. */
    private static boolean isPlain(byte[] text, int from, int end) {
        for (int i = from; i < end; i++) {
            if (isSpecial(text[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSpecial(byte c) {
        return c == ',' || c == '"' || c == '\n' || c == '\r';
    }

    private static void putQuoted(byte[] text, int from, int end, Bytes to) {
        to.put('"');
        int begin = from;
        for (int i = from; i < end; i++) {
            if (text[i] == '"') {
                to.put(text, begin, i + 1 - begin);
                begin = i; // once more
            }
        }
        to.put(text, begin, end - begin);
        to.put('"');
    }

    @Override
    public long count(SeekableByteChannel file) throws IOException {
        CsvRecords records = open(file);
        long rows = 0;
        for (int fields = records.next(null); fields != 0; fields = records.next(null)) {
            rows++;
            demandAllColumns(fields, rows);
        }
        return rows;
    }

    @Override
    public @Nullable String owner(SeekableByteChannel file) throws IOException {
        List<String> fields = new ArrayList<>();
        return open(file).next(fields) == 0 ? null : fields.getFirst();
    }

    @Override
    public RowReader read(SeekableByteChannel file, Feed feed) throws IOException {
        CsvRecords records;
        try {
            records = open(file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        return new TextRows(schema, feed) {
            private final List<String> fields = new ArrayList<>(schema.size());
            private long rows;

            @Override
            boolean advance() throws IOException {
                fields.clear();
                int count = records.next(fields);
                if (count == 0) {
                    return false;
                }
                rows++;
                demandAllColumns(count, rows);
                return true;
            }

            @Override
            @Nullable Object value(int field) {
                String text = fields.get(field);
                if (text.isEmpty()) {
                    return null;
                }
                boolean guarded = formulaGuard && schema.field(field).type() == Field.Type.TEXT;
                return guarded ? FormulaGuard.bare(text) : text;
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    private CsvRecords open(SeekableByteChannel file) throws IOException {
        Reader text = Channels.newReader(file, StandardCharsets.UTF_8.newDecoder(), -1);
        CsvRecords records = new CsvRecords(text);
        records.skipHeader(header);
        return records;
    }

    private void demandAllColumns(int fields, long row) throws IOException {
        if (fields != schema.size()) {
            throw new IOException(
                    "record %d has %d fields, not %d".formatted(row, fields, schema.size()));
        }
    }
}
