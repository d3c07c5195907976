package io.tidemark.sink.postgres;

import io.tidemark.record.Row;
import io.tidemark.record.RowReader;
import io.tidemark.record.Schema;
import io.tidemark.record.Times;
import io.tidemark.sink.Sha256;
import io.tidemark.window.TimeRange;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.security.DigestException;
import java.security.MessageDigest;

/**
 * Counts the rows that are read, and adds up their keys, as {@link TargetReceipts} has the server
 * do it for rows that stand in a table.
 */
final class KeySum implements RowReader {
    private static final int BITS = 60;

    private final RowReader rows;
    private final int id;
    private final long from;
    private final long to;
    private final MessageDigest sha256 = Sha256.digest();
    private final byte[] hash = new byte[sha256.getDigestLength()];
    private long inside;
    // of the sum, as it has more bits than a long
    private long upper;
    private long lower;

    /**
     * @param range of the window: rows that start in it are told from the others
     */
    KeySum(RowReader rows, Schema schema, TimeRange range) {
        this.rows = rows;
        this.id = schema.id();
        this.from = Times.micros(range.from());
        this.to = Times.micros(range.to());
    }

    @Override
    public boolean next() throws IOException {
        if (!rows.next()) {
            return false;
        }
        long time = rows.row().time();
        if (time >= from && time < to) {
            inside++;
            add(rows.row());
        }
        return true;
    }

    private void add(Row row) {
        int begin = row.from(id);
        sha256.update(row.bytes(id), begin, row.to(id) - begin);
        try {
            sha256.digest(hash, 0, hash.length);
        } catch (DigestException impossible) {
            throw new IllegalStateException(impossible);
        }
        long key = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            key = key << Byte.SIZE | hash[i] & 0xFF;
        }
        key >>>= Long.SIZE - BITS;
        upper += key >>> Integer.SIZE;
        lower += key & 0xFFFF_FFFFL;
    }

    TargetReceipts.Inside inside() {
        BigInteger sum =
                BigInteger.valueOf(upper).shiftLeft(Integer.SIZE).add(BigInteger.valueOf(lower));
        return new TargetReceipts.Inside(inside, new BigDecimal(sum));
    }

    @Override
    public Row row() {
        return rows.row();
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
