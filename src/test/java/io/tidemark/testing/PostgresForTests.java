package io.tidemark.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * A real PostgreSQL for tests, never skipped: a container where a container engine answers, else
 * binaries that come as a dependency. Which one it is, is printed. One server serves all tests of a
 * process and ends with it; each test gets a database of its own.
 */
public final class PostgresForTests {
    private static final String IMAGE = "postgres:17-alpine";
    private static final AtomicInteger DATABASES = new AtomicInteger();

    /** Of every database, whichever server it is on. */
    public static final String PASSWORD = "postgres";

    private PostgresForTests() {}

    /** A database, by what a client needs to reach it; the user may do anything in it. */
    public record Database(String url, String username, String password) {
        public Connection connect() throws SQLException {
            return DriverManager.getConnection(url, username, password);
        }

        /** Runs SQL in a connection of its own. */
        public void execute(String sql) throws SQLException {
            try (Connection connection = connect();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        /** The same server, another name behind the last slash. */
        private Database named(String name) {
            return new Database(
                    url.replaceFirst("/[^/?]+(\\?.*)?$", "/" + name), username, password);
        }
    }

    /** A new, empty database. */
    public static Database fresh() throws SQLException {
        String name = "test_" + DATABASES.incrementAndGet();
        Server.ADMINISTRATION.execute("CREATE DATABASE " + name);
        return Server.ADMINISTRATION.named(name);
    }

    /** Started when the first test asks. */
    private static final class Server {
        static final Database ADMINISTRATION = start();

        private static Database start() {
            if (DockerClientFactory.instance().isDockerAvailable()) {
                System.out.println("PostgreSQL for tests: container " + IMAGE);
                return container();
            }
            System.out.println(
                    "PostgreSQL for tests: embedded binaries, for no container engine answers");
            return embedded();
        }

        @SuppressWarnings("resource") // lives as long as the process; Testcontainers removes it
        private static Database container() {
            PostgreSQLContainer container = new PostgreSQLContainer(IMAGE).withPassword(PASSWORD);
            container.start();
            return new Database(
                    container.getJdbcUrl(), container.getUsername(), container.getPassword());
        }

        @SuppressWarnings("resource") // lives as long as the process; its shutdown hook stops it
        private static Database embedded() {
            try {
                EmbeddedPostgres server =
                        EmbeddedPostgres.builder()
                                .setLocaleConfig("locale", "C")
                                .setLocaleConfig("encoding", "UTF8")
                                .start();
                return new Database(
                        "jdbc:postgresql://localhost:" + server.getPort() + "/postgres",
                        "postgres",
                        PASSWORD);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
