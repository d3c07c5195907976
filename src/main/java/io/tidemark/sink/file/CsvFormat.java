package io.tidemark.sink.file;

import static java.util.stream.Collectors.joining;

import com.opencsv.CSVWriter;
import com.opencsv.ICSVWriter;
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
import java.io.StringWriter;
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

    CsvFormat(Schema schema, boolean formulaGuard) {
        this.schema = schema;
        this.formulaGuard = formulaGuard;
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
        long count = 0;
        while (rows.next()) {
            Row row = rows.row();
            int begin = chunk.size();
            if (!putStraight(row, chunk)) {
                chunk.cut(begin);
                chunk.put(quoted(row).getBytes(StandardCharsets.UTF_8));
            }
            count++;
            if (chunk.size() >= CHUNK) {
                chunk.writeTo(out);
                chunk.clear();
            }
        }
        chunk.writeTo(out);
        return count;
    }

    /** Whether the row has no text that needs quotes or a guard; if not, some of it may be put. */
    private boolean putStraight(Row row, Bytes to) {
        for (int i = 0; i < schema.size(); i++) {
            if (i > 0) {
                to.put(',');
            }
            if (row.isNull(i)) {
                continue;
            }
            switch (schema.field(i).type()) {
                case TEXT -> {
                    int from = row.from(i);
                    int end = row.to(i);
                    if (!isPlain(row.bytes(i), from, end)) {
                        return false;
                    }
                    to.put(row.bytes(i), from, end - from);
                }
                case BIGINT -> to.putDecimal(row.number(i));
                case TIMESTAMP -> Times.put(row.number(i), to);
            }
        }
        to.put('\n');
        return true;
    }

    /** Whether a text stands as it is, whatever the settings. */
    private boolean isPlain(byte[] text, int from, int end) {
        for (int i = from; i < end; i++) {
            byte c = text[i];
            if (c == ',' || c == '"' || c == '\n' || c == '\r') {
                return false;
            }
        }
        return !formulaGuard || from == end || FormulaGuard.isHarmless(text[from]);
    }

    /** The whole line, by the library that knows how to quote. */
    private String quoted(Row row) {
        @Nullable String[] fields = new @Nullable String[schema.size()];
        Bytes number = new Bytes(32);
        for (int i = 0; i < fields.length; i++) {
            if (row.isNull(i)) {
                continue;
            }
            number.clear();
            fields[i] =
                    switch (schema.field(i).type()) {
                        case TEXT -> guarded(String.valueOf(row.text(i)));
                        case BIGINT -> Long.toString(row.number(i));
                        case TIMESTAMP -> {
                            Times.put(row.number(i), number);
                            yield new String(
                                    number.data(), 0, number.size(), StandardCharsets.US_ASCII);
                        }
                    };
        }
        // OpenCSV swallows what its writer throws, so it gets one that cannot fail
        StringWriter line = new StringWriter();
        new CSVWriter(
                        line,
                        ICSVWriter.DEFAULT_SEPARATOR,
                        ICSVWriter.DEFAULT_QUOTE_CHARACTER,
                        ICSVWriter.DEFAULT_ESCAPE_CHARACTER,
                        ICSVWriter.DEFAULT_LINE_END)
                .writeNext(fields, false);
        return line.toString();
    }

    private String guarded(String text) {
        return formulaGuard ? FormulaGuard.guarded(text) : text;
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
