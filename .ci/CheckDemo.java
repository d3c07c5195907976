import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Reads out/ with DuckDB: both formats hold the same records, each once, as many as expected. */
class CheckDemo {
    private static final String CSV = "read_csv('out/csv/*/*/*.csv', header = true)";
    private static final String PARQUET = "read_parquet('out/parquet/*/*/*.parquet')";
    private static final String KEYS = "select function_urn, request_id from ";

    public static void main(String[] args) throws SQLException {
        long expected = Long.parseLong(args[0]);
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            expect(statement, "records in CSV", CSV, expected);
            expect(statement, "distinct records in CSV", "(select distinct * from (" + KEYS + CSV + "))", expected);
            expect(statement, "records in Parquet", PARQUET, expected);
            expect(statement, "keys only in CSV", "(" + KEYS + CSV + " except " + KEYS + PARQUET + ")", 0);
            expect(statement, "keys only in Parquet", "(" + KEYS + PARQUET + " except " + KEYS + CSV + ")", 0);
        }
    }

    private static void expect(Statement statement, String what, String rows, long expected) throws SQLException {
        try (ResultSet result = statement.executeQuery("select count(*) from " + rows)) {
            result.next();
            System.out.println(what + ": " + result.getLong(1));
            if (result.getLong(1) != expected) {
                System.err.println("expected " + expected);
                System.exit(1);
            }
        }
    }
}
