package io.tidemark.sink.postgres;

import static java.util.stream.Collectors.joining;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.job.SinkSpec;
import io.tidemark.record.Field;
import io.tidemark.record.RowReader;
import io.tidemark.record.RowSource;
import io.tidemark.record.Schema;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.sink.Standing;
import io.tidemark.sink.Thoroughness;
import io.tidemark.window.Feed;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One row per record in one table, whichever windows they came with. A window and its receipt are
 * one transaction: COPY into the table, or, where some of its rows are there, into a temporary one
 * and an upsert; and one row in {@code tidemark_receipts} of the same schema.
 *
 * <p>Rows are never deleted, and a state is never replaced by an older one: a window that is
 * published again adds and renews rows.
 *
 * <p>Several windows are published at once. They may hold the same key, but they take their rows in
 * the order of the key, so that one may wait for another and never both for each other.
 */
public final class PostgresSink implements Sink {
    private static final String WINDOW = "pg_temp.tidemark_window";

    /** Which advisory lock is held while tables are made; "tidemark" as a number. */
    private static final long CREATION = 0x746964656d61726bL;

    /** unique_violation. */
    private static final String KEY_IS_TAKEN = "23505";

    private final SinkSpec.Postgres spec;
    private final Schema schema;
    private final String columns;
    private final String job;
    private final ZoneId zone;
    private final Transactions transactions;
    private @Nullable TableName prepared;

    /** Connects to nothing yet. */
    public PostgresSink(SinkSpec.Postgres spec, Schema schema, String job, ZoneId zone) {
        this.spec = spec;
        this.schema = schema;
        this.columns = columns(name -> name);
        this.job = job;
        this.zone = zone;
        this.transactions = new Transactions(spec);
    }

    @Override
    public String id() {
        return spec.id();
    }

    @Override
    public void check(Collection<Feed> feeds) throws SinkException {
        try {
            // what it would create is undone, so that the server itself says whether it may
            transactions.rehearse(connection -> {
                TableName target = prepare(connection);
                createWindowTable(connection, target);
                return target;
            });
        } catch (SQLException e) {
            throw PostgresErrors.of(spec, e);
        }
    }

    /** Rows are never dropped. */
    @Override
    public Optional<Standing> standing(Window window) {
        return Optional.empty();
    }

    @Override
    public Receipt publish(Window window, int attempt, RowSource rows, Optional<String> replaces)
            throws SinkException, IOException {
        try {
            TableName target = prepare();
            long published =
                    transactions.commit(connection -> {
                        TargetReceipts.Published standing =
                                publish(connection, receipts(target), window, rows);
                        receipts(target)
                                .write(
                                        connection,
                                        window,
                                        window.from().atZone(zone).toLocalDate(),
                                        attempt,
                                        standing);
                        Failpoint.ROWS_WRITTEN.pass();
                        return standing.rows();
                    });
            Failpoint.ROWS_COMMITTED.pass();
            return new Receipt(id(), spec.table(), published, null, null);
        } catch (SQLException e) {
            throw PostgresErrors.of(spec, e);
        }
    }

    @Override
    public SortedMap<Window, String> differences(
            Map<Window, Receipt> receipts, Thoroughness thoroughness) throws SinkException {
        // a receipt without a place: nothing was published, so nothing can be missing
        SortedMap<Window, Receipt> asked = new TreeMap<>(receipts);
        asked.values().removeIf(receipt -> receipt.place() == null);
        if (asked.isEmpty()) {
            return new TreeMap<>();
        }
        if (!asked.firstKey().feed().equals(asked.lastKey().feed())) {
            throw new IllegalArgumentException("windows of more than one feed");
        }
        try {
            return transactions.commit(connection -> differences(connection, asked, thoroughness));
        } catch (SQLException e) {
            throw PostgresErrors.of(spec, e);
        }
    }

    private SortedMap<Window, String> differences(
            Connection connection, SortedMap<Window, Receipt> asked, Thoroughness thoroughness)
            throws SQLException, SinkException {
        TableName target = target(connection);
        TargetReceipts receipts = receipts(target);
        for (TableName table : List.of(target, receipts.table())) {
            if (TableDefinition.kindOf(connection, table) == null) {
                prepareAgain();
                return all(asked, "the table %s is missing".formatted(table));
            }
        }
        Feed feed = asked.firstKey().feed();
        Map<TimeRange, TargetReceipts.Published> published = receipts.published(connection, feed);
        Map<Instant, TargetReceipts.Inside> found =
                receipts.found(
                        connection,
                        feed,
                        asked.keySet().stream().map(Window::range).toList(),
                        thoroughness == Thoroughness.EVERY_BYTE);
        SortedMap<Window, String> differences = new TreeMap<>();
        asked.forEach((window, receipt) -> {
            String difference =
                    difference(
                            receipt,
                            published.get(window.range()),
                            found.getOrDefault(window.from(), TargetReceipts.Inside.NONE));
            if (difference != null) {
                differences.put(window, difference);
            }
        });
        return differences;
    }

    private static SortedMap<Window, String> all(
            SortedMap<Window, Receipt> asked, String difference) {
        SortedMap<Window, String> all = new TreeMap<>();
        asked.keySet().forEach(window -> all.put(window, difference));
        return all;
    }

    private static @Nullable String difference(
            Receipt receipt,
            TargetReceipts.@Nullable Published published,
            TargetReceipts.Inside found) {
        if (published == null) {
            return "the window is missing from tidemark_receipts";
        }
        if (published.rows() < receipt.rows()) {
            return "tidemark_receipts has the window with %d rows, its receipt says %d"
                    .formatted(published.rows(), receipt.rows());
        }
        TargetReceipts.Inside then = published.inside();
        if (then == null) {
            return null;
        }
        long missing = then.rows() - found.rows();
        if (missing > 0) {
            return "%d of %d rows %s missing"
                    .formatted(missing, published.rows(), missing == 1 ? "is" : "are");
        }
        // among more rows, those of other windows cannot be told from those of this one
        boolean comparable = missing == 0 && then.keys() != null && found.keys() != null;
        return comparable && then.keys().compareTo(found.keys()) != 0
                ? "rows were replaced: there are %d, and not all with the keys that were published"
                        .formatted(found.rows())
                : null;
    }

    @Override
    public Optional<RowReader> read(Window window, Receipt receipt) {
        return Optional.empty();
    }

    /** Once, and again when a table went missing: the tables are there and fit. */
    private synchronized TableName prepare() throws SQLException, SinkException {
        TableName ready = prepared;
        if (ready == null) {
            ready =
                    transactions.commit(connection -> {
                        TableName target = prepare(connection);
                        Failpoint.TABLES_CREATED.pass();
                        return target;
                    });
            Failpoint.TABLES_COMMITTED.pass();
            prepared = ready;
        }
        return ready;
    }

    private synchronized void prepareAgain() {
        prepared = null;
    }

    private TableName prepare(Connection connection) throws SQLException, SinkException {
        // two that create at once would both find nothing
        execute(connection, "SELECT pg_advisory_xact_lock(" + CREATION + ")");
        TableName target = target(connection);
        createOrCompare(connection, TableDefinition.INVOCATIONS, target);
        TableName receipts = receipts(target).table();
        // this one is Tidemark's own
        TableDefinition.RECEIPTS.addMissing(connection, receipts);
        createOrCompare(connection, TableDefinition.RECEIPTS, receipts);
        demandPrivileges(connection, target);
        demandPrivileges(connection, receipts);
        return target;
    }

    private TargetReceipts receipts(TableName target) {
        return new TargetReceipts(target, job);
    }

    /** Without a schema in the job file: the one that this user creates tables in. */
    private TableName target(Connection connection) throws SQLException, SinkException {
        int dot = spec.table().indexOf('.');
        String table = spec.table().substring(dot + 1);
        if (dot >= 0) {
            return new TableName(spec.table().substring(0, dot), table);
        }
        try (Statement statement = connection.createStatement();
                ResultSet schema = statement.executeQuery("SELECT current_schema()")) {
            schema.next();
            String current = schema.getString(1);
            if (current == null) {
                throw PostgresErrors.of(
                        spec,
                        "no schema of this user's search_path exists",
                        "Write the table as schema.table");
            }
            return new TableName(current, table);
        }
    }

    private void createOrCompare(Connection connection, TableDefinition definition, TableName table)
            throws SQLException, SinkException {
        if (TableDefinition.kindOf(connection, table) == null) {
            definition.create(connection, table);
            return;
        }
        List<String> differences = definition.differences(connection, table);
        if (!differences.isEmpty()) {
            throw PostgresErrors.of(
                    spec,
                    "%s does not fit: %s".formatted(table, String.join("; ", differences)),
                    "Tidemark never alters a table that is there: name another table, or change this one as sql/target/%s.sql defines it"
                            .formatted(definition.name()));
        }
    }

    private void demandPrivileges(Connection connection, TableName table)
            throws SQLException, SinkException {
        for (String privilege : List.of("SELECT", "INSERT", "UPDATE")) {
            try (PreparedStatement query =
                    connection.prepareStatement("SELECT has_table_privilege(?, ?)")) {
                query.setString(1, table.quoted());
                query.setString(2, privilege);
                try (ResultSet granted = query.executeQuery()) {
                    granted.next();
                    if (!granted.getBoolean(1)) {
                        throw PostgresErrors.of(
                                spec,
                                "this user may not %s on %s".formatted(privilege, table),
                                "GRANT SELECT, INSERT, UPDATE on it");
                    }
                }
            }
        }
    }

    /** What stands in the table afterwards: all of the records, or else it throws. */
    private TargetReceipts.Published publish(
            Connection connection, TargetReceipts receipts, Window window, RowSource rows)
            throws SQLException, SinkException, IOException {
        try (RowReader reader = rows.open()) {
            if (!reader.next()) {
                return TargetReceipts.Published.NOTHING;
            }
        }
        // a server may be set to acknowledge commits that are not on its disk yet
        execute(
                connection,
                "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'");
        Optional<TargetReceipts.Published> direct =
                receipts.mayBeCopiedInto(connection, window)
                        ? copy(connection, receipts.target(), window, rows)
                        : Optional.empty();
        return direct.isPresent() ? direct.get() : merge(connection, receipts, window, rows);
    }

    /**
     * A window that was never here goes right into the table, whose key refuses what is there.
     *
     * @return empty where a key is there already; then nothing was done
     */
    private Optional<TargetReceipts.Published> copy(
            Connection connection, TableName target, Window window, RowSource rows)
            throws SQLException, IOException {
        Savepoint before = connection.setSavepoint();
        Failpoint.COPY_BEGINS.pass();
        try (KeySum all = new KeySum(rows.byId(), schema, window.range())) {
            long sent = BinaryCopy.copy(connection, copyInto(target.quoted()), all);
            Failpoint.COPY_ENDED.pass();
            connection.releaseSavepoint(before);
            return Optional.of(new TargetReceipts.Published(sent, all.inside()));
        } catch (SQLException refused) {
            if (!KEY_IS_TAKEN.equals(refused.getSQLState())) {
                throw refused;
            }
            connection.rollback(before);
            return Optional.empty();
        }
    }

    private TargetReceipts.Published merge(
            Connection connection, TargetReceipts receipts, Window window, RowSource rows)
            throws SQLException, SinkException, IOException {
        TableName target = receipts.target();
        createWindowTable(connection, target);
        Failpoint.COPY_BEGINS.pass();
        long sent;
        try (RowReader all = rows.open()) {
            sent = BinaryCopy.copy(connection, copyInto(WINDOW), all);
        }
        Failpoint.COPY_ENDED.pass();
        execute(connection, upsert(target));
        TargetReceipts.Published standing = receipts.standing(connection, window, WINDOW);
        if (standing.rows() != sent) {
            throw PostgresErrors.of(
                    spec,
                    "only %d of the window's %d rows stand in it".formatted(standing.rows(), sent),
                    "Look for a trigger, a rule or a row policy on the table that keeps rows out");
        }
        return standing;
    }

    private String copyInto(String table) {
        return "COPY %s (%s) FROM STDIN (FORMAT binary)".formatted(table, columns);
    }

    private void createWindowTable(Connection connection, TableName target) throws SQLException {
        execute(
                connection,
                "CREATE TEMPORARY TABLE tidemark_window ON COMMIT DROP AS SELECT %s FROM %s WITH NO DATA"
                        .formatted(columns, target.quoted()));
    }

    private String upsert(TableName target) {
        String key = schema.field(0).name() + ", " + schema.field(schema.id()).name();
        return """
        INSERT INTO %s AS standing (%s)
        SELECT %s FROM %s ORDER BY %s
        ON CONFLICT (%s) DO UPDATE SET %s
        WHERE %s <= %s AND (%s) IS DISTINCT FROM (%s)
        """
                .formatted(
                        target.quoted(),
                        columns,
                        columns,
                        WINDOW,
                        key,
                        key,
                        columns(c -> c + " = excluded." + c),
                        progress("standing"),
                        progress("excluded"),
                        columns(c -> "standing." + c),
                        columns(c -> "excluded." + c));
    }

    /** How far the state of a row has come, by the ranks of the words for it. */
    private String progress(String row) {
        return schema.words().stream()
                .map(word -> "WHEN '%s' THEN %d".formatted(word.text(), word.rank()))
                .collect(
                        joining(
                                " ",
                                "CASE %s.%s ".formatted(row, schema.field(schema.state()).name()),
                                " ELSE %d END".formatted(Integer.MAX_VALUE)));
    }

    private String columns(UnaryOperator<String> as) {
        return schema.fields().stream().map(Field::name).map(as).collect(joining(", "));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        transactions.close();
    }
}
