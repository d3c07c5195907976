package io.tidemark.sink;

import com.opencsv.CSVWriter;
import com.opencsv.ICSVWriter;
import io.tidemark.invocation.Column;
import io.tidemark.invocation.Invocation;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * RFC 4180 with quotes only where they are needed, UTF-8, a header line, lines that end in LF. Null
 * is an empty field; so is an empty text.
 */
final class CsvFormat implements RecordFormat {
    private static final int CHUNK = 1 << 16;

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
        Column[] columns = Column.values();
        csv.writeNext(Stream.of(columns).map(Column::columnName).toArray(String[]::new), false);
        long rows = 0;
        @Nullable String[] fields = new @Nullable String[columns.length];
        while (records.hasNext()) {
            Invocation record = records.next();
            for (int i = 0; i < columns.length; i++) {
                fields[i] = field(columns[i].of(record));
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

    private static @Nullable String field(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Instant instant -> time(instant);
            default -> value.toString();
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

    private static void drain(StringWriter text, OutputStream out) throws IOException {
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        text.getBuffer().setLength(0);
    }
}
