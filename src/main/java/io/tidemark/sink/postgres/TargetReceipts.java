package io.tidemark.sink.postgres;

import io.tidemark.window.Feed;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What was published into one table, as {@code tidemark_receipts} beside it tells, and what stands
 * in the table now.
 *
 * <p>Rows do not carry their window. Those that start within it can be found again, so that their
 * number and the sum of their keys are kept with the receipt and can be compared at any time.
 */
record TargetReceipts(TableName target, String job) {

    /**
     * The first 60 bits of a hash that every version of the server computes alike. A sum of them
     * does not depend on an order, and each key that is replaced changes it.
     */
    private static final String KEY =
            "('x' || left(encode(sha256(convert_to(request_id, 'UTF8')), 'hex'), 15))::bit(60)::bigint";

    /**
     * Rows that start within a window.
     *
     * @param keys the sum of {@link #KEY} over them; null where it is not known
     */
    record Inside(long rows, @Nullable BigDecimal keys) {
        static final Inside NONE = new Inside(0, BigDecimal.ZERO);
    }

    /**
     * What a window came to when it was published.
     *
     * @param rows of the window, whenever they start
     * @param inside those of them that start within it; null in a receipt that an older version
     *     wrote
     */
    record Published(long rows, @Nullable Inside inside) {
        static final Published NOTHING = new Published(0, Inside.NONE);
    }

    TableName table() {
        return new TableName(target.schema(), TableDefinition.RECEIPTS.name());
    }

    /**
     * Whether the window was never published and nothing but keys decides what becomes of rows that
     * are inserted: no trigger, rule, row policy or partition.
     */
    boolean mayBeCopiedInto(Connection connection, Window window) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(
                        """
                        SELECT relkind = 'r' AND NOT relrowsecurity AND NOT relhastriggers
                               AND NOT relhasrules
                               AND NOT EXISTS (SELECT FROM %s
                                               WHERE table_name = ? AND job = ?
                                               AND function_urn = ANY (?)
                                               AND window_from = ? AND window_to = ?)
                        FROM pg_class WHERE oid = ?::regclass
                        """
                                .formatted(table().quoted()))) {
            query.setString(1, target.table());
            query.setString(2, job);
            query.setArray(3, spellings(connection, window.feed()));
            query.setObject(4, utc(window.from()));
            query.setObject(5, utc(window.to()));
            query.setString(6, target.quoted());
            try (ResultSet answer = query.executeQuery()) {
                return answer.next() && answer.getBoolean(1);
            }
        }
    }

    /**
     * What the window comes to: counts those rows of the target whose keys it has.
     *
     * @param keys the name of a table with the window's function_urn and request_id, as SQL takes
     *     it
     */
    Published standing(Connection connection, Window window, String keys) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(
                        """
                        SELECT count(*), count(*) FILTER (WHERE inside),
                               coalesce(sum(%s) FILTER (WHERE inside), 0)
                        FROM (SELECT request_id,
                                     standing.start_time >= ? AND standing.start_time < ? AS inside
                              FROM %s JOIN %s AS standing USING (function_urn, request_id)) AS row
                        """
                                .formatted(KEY, keys, target.quoted()))) {
            query.setObject(1, utc(window.from()));
            query.setObject(2, utc(window.to()));
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return new Published(
                        rows.getLong(1), new Inside(rows.getLong(2), rows.getBigDecimal(3)));
            }
        }
    }

    void write(
            Connection connection, Window window, LocalDate date, int attempt, Published published)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(
                        """
                        INSERT INTO %s (table_name, job, function_urn, window_from, window_to,
                                        window_date, generation, row_count, rows_inside, keys_inside)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT (table_name, job, function_urn, window_from, window_to)
                        DO UPDATE SET window_date = excluded.window_date,
                                      generation = excluded.generation,
                                      row_count = excluded.row_count,
                                      rows_inside = excluded.rows_inside,
                                      keys_inside = excluded.keys_inside,
                                      published_at = excluded.published_at
                        """
                                .formatted(table().quoted()))) {
            insert.setString(1, target.table());
            insert.setString(2, job);
            insert.setString(3, window.feed().spelled());
            insert.setObject(4, utc(window.from()));
            insert.setObject(5, utc(window.to()));
            insert.setObject(6, date);
            insert.setInt(7, attempt);
            insert.setLong(8, published.rows());
            Inside inside = published.inside();
            insert.setObject(9, inside == null ? null : inside.rows(), Types.BIGINT);
            insert.setBigDecimal(10, inside == null ? null : inside.keys());
            insert.executeUpdate();
        }
    }

    /** What was published of this feed, by range. */
    Map<TimeRange, Published> published(Connection connection, Feed feed) throws SQLException {
        Map<TimeRange, Published> published = new HashMap<>();
        // by way of JSON: a table that an older version made has no such columns until a publish
        try (PreparedStatement query =
                connection.prepareStatement(
                        """
                        SELECT window_from, window_to, row_count,
                               (to_jsonb(receipt) ->> 'rows_inside')::bigint,
                               (to_jsonb(receipt) ->> 'keys_inside')::numeric
                        FROM %s AS receipt
                        WHERE table_name = ? AND job = ? AND function_urn = ANY (?)
                        ORDER BY published_at
                        """
                                .formatted(table().quoted()))) {
            query.setString(1, target.table());
            query.setString(2, job);
            query.setArray(3, spellings(connection, feed));
            try (ResultSet receipt = query.executeQuery()) {
                while (receipt.next()) {
                    Long inside = receipt.getObject(4, Long.class);
                    published.put(
                            new TimeRange(instant(receipt, 1), instant(receipt, 2)),
                            new Published(
                                    receipt.getLong(3),
                                    inside == null
                                            ? null
                                            : new Inside(inside, receipt.getBigDecimal(5))));
                }
            }
        }
        return published;
    }

    /**
     * Counts the rows of the feed that start within each range, in one query however many there
     * are.
     *
     * @param ranges one at least, none overlapping another
     * @param withKeys whether the sum of keys is asked for, which takes longer
     * @return by the beginning of the range; none where there are no rows
     */
    Map<Instant, Inside> found(
            Connection connection, Feed feed, Collection<TimeRange> ranges, boolean withKeys)
            throws SQLException {
        // ranges and the gaps between them
        SortedSet<Instant> cuts = new TreeSet<>();
        ranges.forEach(range -> Collections.addAll(cuts, range.from(), range.to()));
        Instant[] pieces = cuts.toArray(Instant[]::new);
        Map<Instant, Inside> found = new HashMap<>();
        try (PreparedStatement query =
                connection.prepareStatement(
                        """
                        SELECT width_bucket(start_time, ?) AS piece, count(*), %s
                        FROM %s
                        WHERE function_urn = ANY (?) AND start_time >= ? AND start_time < ?
                        GROUP BY piece
                        """
                                .formatted(
                                        withKeys ? "sum(%s)".formatted(KEY) : "NULL::numeric",
                                        target.quoted()))) {
            query.setArray(1, connection.createArrayOf("timestamptz", pieces));
            query.setArray(2, spellings(connection, feed));
            query.setObject(3, utc(cuts.first()));
            query.setObject(4, utc(cuts.last()));
            try (ResultSet piece = query.executeQuery()) {
                while (piece.next()) {
                    // the first piece has the number 1
                    found.put(
                            pieces[piece.getInt(1) - 1],
                            new Inside(piece.getLong(2), piece.getBigDecimal(3)));
                }
            }
        }
        return found;
    }

    /** Rows have the feed as it was spelled when they were exported. */
    private static Array spellings(Connection connection, Feed feed) throws SQLException {
        return connection.createArrayOf("text", feed.spellings().toArray());
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
