package io.tidemark.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a query, as the database's driver gives them. */
public final class Rows {
    private Rows() {}

    public static List<List<@Nullable Object>> of(Connection connection, String sql)
            throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<List<@Nullable Object>> rows = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<@Nullable Object> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    row.add(result.getObject(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    public static List<List<@Nullable Object>> of(PostgresForTests.Database database, String sql)
            throws SQLException {
        try (Connection connection = database.connect()) {
            return of(connection, sql);
        }
    }

    /** Asks DuckDB, the reader of CSV and Parquet that shares no code with the writers. */
    public static List<List<@Nullable Object>> ofDuckDb(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:")) {
            return of(connection, sql);
        }
    }
}
