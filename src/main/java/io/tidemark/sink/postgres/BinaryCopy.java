package io.tidemark.sink.postgres;

import io.tidemark.record.Bytes;
import io.tidemark.record.Row;
import io.tidemark.record.RowReader;
import io.tidemark.record.Schema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Rows in PostgreSQL's binary COPY format, which needs no escapes and loads a fifth faster than its
 * text format. Numbers are big-endian; see "Binary Format" under COPY in its manual.
 */
final class BinaryCopy {
    private static final byte[] SIGNATURE =
            "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int CHUNK = 1 << 16;

    /** What PostgreSQL counts time from, in microseconds since 1970. */
    private static final long EPOCH =
            Instant.parse("2000-01-01T00:00:00Z").getEpochSecond() * 1_000_000;

    private final Bytes buffer = new Bytes(2 * CHUNK);

    private BinaryCopy() {}

    /**
     * Sends all rows.
     *
     * @param sql {@code COPY <table> (<all columns>) FROM STDIN (FORMAT binary)}
     * @return how many the database took
     */
    static long copy(Connection connection, String sql, RowReader rows)
            throws SQLException, IOException {
        CopyIn target = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
            new BinaryCopy().send(rows, target);
            return target.endCopy();
        } finally {
            if (target.isActive()) {
                target.cancelCopy();
            }
        }
    }

    private void send(RowReader rows, CopyIn target) throws SQLException, IOException {
        buffer.put(SIGNATURE);
        buffer.putInt(0); // flags
        buffer.putInt(0); // length of the header's extension
        while (rows.next()) {
            put(rows.row());
            if (buffer.size() >= CHUNK) {
                flush(target);
            }
        }
        buffer.putShort(-1);
        flush(target);
    }

    private void put(Row row) {
        Schema schema = row.schema();
        buffer.putShort(schema.size());
        for (int i = 0; i < schema.size(); i++) {
            if (row.isNull(i)) {
                buffer.putInt(-1);
                continue;
            }
            switch (schema.field(i).type()) {
                case TEXT -> {
                    int from = row.from(i);
                    int length = row.to(i) - from;
                    buffer.putInt(length);
                    buffer.put(row.bytes(i), from, length);
                }
                case BIGINT -> {
                    buffer.putInt(Long.BYTES);
                    buffer.putLong(row.number(i));
                }
                case TIMESTAMP -> {
                    buffer.putInt(Long.BYTES);
                    buffer.putLong(row.number(i) - EPOCH);
                }
            }
        }
    }

    private void flush(CopyIn target) throws SQLException {
        target.writeToCopy(buffer.data(), 0, buffer.size());
        buffer.clear();
    }
}
