package io.tidemark.sink;

import static java.util.stream.Collectors.joining;

import com.opencsv.CSVWriter;
import com.opencsv.ICSVWriter;
import io.tidemark.invocation.Column;
import io.tidemark.invocation.Invocation;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * RFC 4180 with quotes only where they are needed, UTF-8, a header line, lines that end in LF. Null
 * is an empty field; so is an empty text. Texts may be guarded, see {@link FormulaGuard}; numbers
 * and times never look like a formula.
 */
final class CsvFormat implements RecordFormat {
    private static final int CHUNK = 1 << 16;
    private static final Column[] COLUMNS = Column.values();
    private static final String HEADER =
            Stream.of(COLUMNS).map(Column::columnName).collect(joining(","));

    private final boolean formulaGuard;

    CsvFormat(boolean formulaGuard) {
        this.formulaGuard = formulaGuard;
    }

    @Override
    public String extension() {
        return "csv";
    }

    @Override
    public long write(Iterator<Invocation> records, OutputStream out) throws IOException {
        // OpenCSV swallows what its writer throws, so it gets one that cannot fail
        StringWriter text = new StringWriter();
        CSVWriter csv =
                new CSVWriter(
                        text,
                        ICSVWriter.DEFAULT_SEPARATOR,
                        ICSVWriter.DEFAULT_QUOTE_CHARACTER,
                        ICSVWriter.DEFAULT_ESCAPE_CHARACTER,
                        ICSVWriter.DEFAULT_LINE_END);
        text.append(HEADER).append(ICSVWriter.DEFAULT_LINE_END);
        long rows = 0;
        @Nullable String[] fields = new @Nullable String[COLUMNS.length];
        while (records.hasNext()) {
            Invocation record = records.next();
            for (int i = 0; i < COLUMNS.length; i++) {
                fields[i] = field(COLUMNS[i], COLUMNS[i].of(record));
            }
            csv.writeNext(fields, false);
            rows++;
            if (text.getBuffer().length() >= CHUNK) {
                drain(text, out);
            }
        }
        drain(text, out);
        return rows;
    }

    @Override
    public long count(Path file) throws IOException {
        try (CsvRecords records = open(file)) {
            long rows = 0;
            for (int fields = records.next(null); fields != 0; fields = records.next(null)) {
                rows++;
                demandAllColumns(fields, rows);
            }
            return rows;
        }
    }

    @Override
    public InvocationReader read(Path file) throws IOException {
        CsvRecords records = open(file);
        return new RowReader() {
            private final List<String> fields = new ArrayList<>(COLUMNS.length);
            private long rows;

            @Override
            @Nullable Row nextRow() throws IOException {
                fields.clear();
                int count = records.next(fields);
                if (count == 0) {
                    return null;
                }
                rows++;
                demandAllColumns(count, rows);
                return column -> value(column, fields.get(column.ordinal()));
            }

            @Override
            public void close() throws IOException {
                records.close();
            }
        };
    }

    private static CsvRecords open(Path file) throws IOException {
        Reader text = Files.newBufferedReader(file, StandardCharsets.UTF_8);
        try {
            CsvRecords records = new CsvRecords(text);
            records.skipHeader(HEADER);
            return records;
        } catch (IOException e) {
            text.close();
            throw e;
        }
    }

    private static void demandAllColumns(int fields, long row) throws IOException {
        if (fields != COLUMNS.length) {
            throw new IOException(
                    "record %d has %d fields, not %d".formatted(row, fields, COLUMNS.length));
        }
    }

    private @Nullable String field(Column column, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (column.type()) {
            case TEXT -> formulaGuard ? FormulaGuard.guarded((String) value) : (String) value;
            case BIGINT -> value.toString();
            case TIMESTAMP -> time((Instant) value);
        };
    }

    /**
     * With what the other sinks hold of it: microseconds. ISO 8601 puts a plus before years of more
     * than four digits, but neither PostgreSQL nor DuckDB reads that, while both read the year
     * without.
     */
    private static String time(Instant instant) {
        String iso = instant.truncatedTo(ChronoUnit.MICROS).toString();
        return iso.startsWith("+") ? iso.substring(1) : iso;
    }

    private @Nullable Object value(Column column, String field) {
        if (field.isEmpty()) {
            return null;
        }
        return switch (column.type()) {
            case TEXT -> formulaGuard ? FormulaGuard.bare(field) : field;
            case BIGINT -> Long.valueOf(field);
            case TIMESTAMP -> instant(field);
        };
    }

    private static Instant instant(String field) {
        boolean manyDigits = field.indexOf('-', 1) > "2026".length();
        return Instant.parse(manyDigits ? "+" + field : field);
    }

    private static void drain(StringWriter text, OutputStream out) throws IOException {
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        text.getBuffer().setLength(0);
    }
}
