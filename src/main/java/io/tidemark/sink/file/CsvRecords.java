package io.tidemark.sink.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts text into records and fields as RFC 4180 says; lines may end in LF or CRLF. Not done by
 * OpenCSV, whose parser copies a field again for each line break in it: a message of 400 kB in
 * 20,000 lines takes it ten seconds, and messages are as hostile as functions can make them.
 */
final class CsvRecords implements Closeable {
    private static final int END = -1;

    private final Reader in;
    private final char[] buffer = new char[1 << 16];
    private final StringBuilder field = new StringBuilder();
    private int at;
    private int end;
    private long line = 1;

    CsvRecords(Reader in) {
        this.in = in;
    }

    /**
     * Passes the header.
     *
     * @throws IOException the text begins with something else
     */
    void skipHeader(String header) throws IOException {
        for (int i = 0; i < header.length(); i++) {
            if (read() != header.charAt(i)) {
                throw new IOException("its header line is not " + header);
            }
        }
        endLine(read());
    }

    /**
     * Reads the next record.
     *
     * @param fields is given the fields; null: they are only counted, however long they are
     * @return how many fields; 0 behind the last record
     */
    int next(@Nullable List<String> fields) throws IOException {
        int c = read();
        if (c == END) {
            return 0;
        }
        for (int count = 1; ; count++) {
            c = c == '"' ? quoted(fields != null) : plain(c, fields != null);
            if (fields != null) {
                fields.add(field.toString());
                field.setLength(0);
            }
            if (c != ',') {
                endLine(c);
                return count;
            }
            c = read();
        }
    }

    /** Reads what is behind the first quote. Returns the character that ended the field. */
    private int quoted(boolean keep) throws IOException {
        while (true) {
            int c = read();
            if (c == END) {
                throw new IOException("it ends within quotes");
            }
            if (c == '"') {
                c = read();
                if (c != '"') {
                    return c;
                }
            }
            if (keep) {
                field.append((char) c);
            }
        }
    }

    /** Returns the character that ended the field. */
    private int plain(int first, boolean keep) throws IOException {
        int c = first;
        while (c != ',' && c != '\r' && c != '\n' && c != END) {
            if (c == '"') {
                throw new IOException("line %d has a quote within a field".formatted(line));
            }
            if (keep) {
                field.append((char) c);
            }
            c = read();
        }
        return c;
    }

    private void endLine(int c) throws IOException {
        int last = c == '\r' ? read() : c;
        if (last != '\n' && last != END) {
            throw new IOException("line %d has text where it should end".formatted(line));
        }
    }

    private int read() throws IOException {
        if (at == end) {
            end = Math.max(0, fill());
            at = 0;
            if (end == 0) {
                return END;
            }
        }
        char c = buffer[at++];
        if (c == '\n') {
            line++;
        }
        return c;
    }

    private int fill() throws IOException {
        try {
            return in.read(buffer);
        } catch (CharacterCodingException noText) {
            throw new IOException("it is not UTF-8");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
