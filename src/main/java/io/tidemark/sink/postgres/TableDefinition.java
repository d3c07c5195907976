package io.tidemark.sink.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A table as its file in {@code sql/target} defines it. The file is the one truth: tables are made
 * from it, and a table that is there is compared with what it would make.
 */
final class TableDefinition {
    static final TableDefinition INVOCATIONS = new TableDefinition("async_invocations");
    static final TableDefinition RECEIPTS = new TableDefinition("tidemark_receipts");

    private static final String EXPECTED_NAME = "tidemark_expected";
    private static final String EXPECTED = "pg_temp." + EXPECTED_NAME;

    private static final String COLUMNS_SIDE_BY_SIDE =
            """
            WITH expected AS (SELECT * FROM pg_attribute
                              WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped),
                 found    AS (SELECT * FROM pg_attribute
                              WHERE attrelid = ?::regclass AND attnum > 0 AND NOT attisdropped)
            SELECT attname AS name,
                   format_type(expected.atttypid, expected.atttypmod) AS expected_type,
                   format_type(found.atttypid, found.atttypmod) AS found_type,
                   expected.attnotnull AS expected_not_null,
                   found.attnotnull AS found_not_null,
                   found.atthasdef OR found.attidentity <> '' AS found_default,
                   found.attgenerated <> '' AS found_generated
            FROM expected FULL JOIN found USING (attname)
            ORDER BY expected.attnum, found.attnum
            """;

    private static final String PRIMARY_KEY =
            """
            SELECT string_agg(attname, ', ' ORDER BY attname)
            FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
            WHERE indrelid = ?::regclass AND indisprimary AND indimmediate
            """;

    private final String name;
    private final String ddl;

    private TableDefinition(String name) {
        this.name = name;
        String file = "/io/tidemark/sql/target/" + name + ".sql";
        try (InputStream in = TableDefinition.class.getResourceAsStream(file)) {
            this.ddl =
                    new String(
                            Objects.requireNonNull(in, file).readAllBytes(),
                            StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The table's name in its file. */
    String name() {
        return name;
    }

    void create(Connection connection, TableName table) throws SQLException {
        execute(connection, "CREATE TABLE " + table.quoted());
    }

    /** Runs the file with another beginning: the only place where it says the table's name. */
    private void execute(Connection connection, String beginning) throws SQLException {
        String marker = "CREATE TABLE " + name;
        int at = ddl.indexOf(marker);
        if (at < 0) {
            throw new IllegalStateException("no " + marker + " in its file");
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(beginning + ddl.substring(at + marker.length()));
        }
    }

    /** What stands under this name: null where nothing does. */
    static @Nullable String kindOf(Connection connection, TableName table) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(
                        """
                        SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table'
                                            WHEN 'v' THEN 'view' ELSE 'no table' END
                        FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
                        WHERE nspname = ? AND relname = ?
                        """)) {
            query.setString(1, table.schema());
            query.setString(2, table.table());
            try (ResultSet found = query.executeQuery()) {
                return found.next() ? found.getString(1) : null;
            }
        }
    }

    /**
     * Adds the columns that a table made by an older version lacks and that may be null; a table
     * that is not there is left to {@link #create}.
     */
    void addMissing(Connection connection, TableName table) throws SQLException {
        if (!Objects.equals(kindOf(connection, table), "table")) {
            return;
        }
        List<String> missing = new ArrayList<>();
        execute(connection, "CREATE TEMPORARY TABLE " + EXPECTED_NAME);
        compareColumns(
                connection,
                table,
                column -> {
                    if (column.getString("found_type") == null
                            && !column.getBoolean("expected_not_null")) {
                        missing.add(
                                "ADD COLUMN %s %s"
                                        .formatted(
                                                column.getString("name"),
                                                column.getString("expected_type")));
                    }
                });
        dropExpected(connection);
        // only the table's owner may, so not when there is nothing to do
        if (!missing.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "ALTER TABLE %s %s".formatted(table.quoted(), String.join(", ", missing)));
            }
        }
    }

    /**
     * Compares, in a transaction the caller ends.
     *
     * @return how the table that is there differs, one phrase each; empty where it fits. Columns
     *     beyond the defined ones are fine as long as rows can be inserted without them
     */
    List<String> differences(Connection connection, TableName table) throws SQLException {
        String kind = kindOf(connection, table);
        if (!Objects.equals(kind, "table")) {
            return List.of("expected a table, found " + (kind == null ? "nothing" : "a " + kind));
        }
        List<String> differences = new ArrayList<>();
        execute(connection, "CREATE TEMPORARY TABLE " + EXPECTED_NAME);
        compareColumns(
                connection,
                table,
                column -> {
                    String difference = difference(column);
                    if (difference != null) {
                        differences.add("column " + column.getString("name") + ": " + difference);
                    }
                });
        String expectedKey = primaryKey(connection, EXPECTED);
        String foundKey = primaryKey(connection, table.quoted());
        if (!Objects.equals(expectedKey, foundKey)) {
            differences.add(
                    "primary key: expected (%s), found %s"
                            .formatted(
                                    expectedKey, foundKey == null ? "none" : "(" + foundKey + ")"));
        }
        dropExpected(connection);
        return differences;
    }

    /** Is given a row of {@link #COLUMNS_SIDE_BY_SIDE}. */
    private interface ColumnVisitor {
        void on(ResultSet column) throws SQLException;
    }

    private static void compareColumns(
            Connection connection, TableName table, ColumnVisitor visitor) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COLUMNS_SIDE_BY_SIDE)) {
            query.setString(1, EXPECTED);
            query.setString(2, table.quoted());
            try (ResultSet column = query.executeQuery()) {
                while (column.next()) {
                    visitor.on(column);
                }
            }
        }
    }

    private static void dropExpected(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE " + EXPECTED);
        }
    }

    private static @Nullable String difference(ResultSet column) throws SQLException {
        String expected = column.getString("expected_type");
        String found = column.getString("found_type");
        if (found == null) {
            return "expected " + expected + ", found nothing";
        }
        if (expected == null) {
            boolean required =
                    column.getBoolean("found_not_null") && !column.getBoolean("found_default");
            return required
                    ? "expected no such column, or one that may be null, found "
                            + found
                            + " not null without a default"
                    : null;
        }
        if (!expected.equals(found)) {
            return "expected " + expected + ", found " + found;
        }
        if (column.getBoolean("found_generated")) {
            return "expected one that can be written, found a generated one";
        }
        if (!column.getBoolean("expected_not_null") && column.getBoolean("found_not_null")) {
            return "expected one that may be null, found not null";
        }
        return null;
    }

    private static @Nullable String primaryKey(Connection connection, String table)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(PRIMARY_KEY)) {
            query.setString(1, table);
            try (ResultSet key = query.executeQuery()) {
                key.next();
                return key.getString(1);
            }
        }
    }
}
