package io.tidemark.sink;

import io.tidemark.invocation.Column;
import io.tidemark.invocation.Invocation;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Records in PostgreSQL's binary COPY format, which needs no escapes and loads a fifth faster than
 * its text format. Numbers are big-endian; see "Binary Format" under COPY in its manual.
 */
final class BinaryCopy {
    private static final byte[] SIGNATURE =
            "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int CHUNK = 1 << 16;

    /** What PostgreSQL counts time from. */
    private static final long EPOCH_SECOND = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();

    private static final Column[] COLUMNS = Column.values();

    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(2 * CHUNK);

    private BinaryCopy() {}

    /**
     * Sends all records.
     *
     * @param sql {@code COPY <table> (<all columns>) FROM STDIN (FORMAT binary)}
     * @return how many the database took
     */
    static long copy(Connection connection, String sql, Iterator<Invocation> records)
            throws SQLException, SinkException {
        CopyIn target = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
            new BinaryCopy().send(records, target);
            return target.endCopy();
        } finally {
            if (target.isActive()) {
                target.cancelCopy();
            }
        }
    }

    private void send(Iterator<Invocation> records, CopyIn target)
            throws SQLException, SinkException {
        buffer.writeBytes(SIGNATURE);
        putInt(0); // flags
        putInt(0); // length of the header's extension
        while (records.hasNext()) {
            put(records.next());
            if (buffer.size() >= CHUNK) {
                flush(target);
            }
        }
        putShort(-1);
        flush(target);
    }

    private void put(Invocation record) throws SinkException {
        putShort(COLUMNS.length);
        for (Column column : COLUMNS) {
            put(column, column.of(record));
        }
    }

    private void put(Column column, @Nullable Object value) throws SinkException {
        if (value == null) {
            putInt(-1);
            return;
        }
        switch (column.type()) {
            case TEXT -> {
                byte[] text = ((String) value).getBytes(StandardCharsets.UTF_8);
                putInt(text.length);
                buffer.writeBytes(text);
            }
            case BIGINT -> {
                putInt(Long.BYTES);
                putLong((Long) value);
            }
            case TIMESTAMP -> {
                putInt(Long.BYTES);
                putLong(Micros.since(EPOCH_SECOND, (Instant) value, column));
            }
        }
    }

    private void putShort(int value) {
        buffer.write(value >>> 8);
        buffer.write(value);
    }

    private void putInt(int value) {
        putShort(value >>> 16);
        putShort(value);
    }

    private void putLong(long value) {
        putInt((int) (value >>> 32));
        putInt((int) value);
    }

    private void flush(CopyIn target) throws SQLException {
        target.writeToCopy(buffer.toByteArray(), 0, buffer.size());
        buffer.reset();
    }
}
