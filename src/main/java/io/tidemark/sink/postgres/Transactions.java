package io.tidemark.sink.postgres;

import io.tidemark.job.Secret;
import io.tidemark.job.SinkSpec;
import io.tidemark.sink.SinkException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Deque;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.regex.Pattern;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Transactions of a target database. Connections are made when they are needed and kept for the
 * next transaction, as many as were in use at once.
 */
final class Transactions implements AutoCloseable {
    private static final int SECONDS_TO_ANSWER = 5;
    private static final Pattern CREDENTIALS =
            Pattern.compile("//[^/?]*@|[?&](ssl)?password=", Pattern.CASE_INSENSITIVE);

    /**
     * What is done in one transaction.
     *
     * @param <E> what else it may throw
     */
    interface Work<T, E extends Exception> {
        T on(Connection connection) throws SQLException, SinkException, E;
    }

    private final SinkSpec.Postgres spec;
    private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    Transactions(SinkSpec.Postgres spec) {
        this.spec = spec;
    }

    /** Does the work and commits it; whatever the work throws undoes it. */
    <T, E extends Exception> T commit(Work<T, E> work) throws SQLException, SinkException, E {
        Connection connection = take();
        boolean committed = false;
        try {
            T result = work.on(connection);
            connection.commit();
            committed = true;
            return result;
        } finally {
            if (committed && !closed) {
                idle.push(connection);
            } else {
                discard(connection);
            }
        }
    }

    /** Does the work and undoes it. */
    <E extends Exception> void rehearse(Work<?, E> work) throws SQLException, SinkException, E {
        Connection connection = take();
        try {
            work.on(connection);
        } finally {
            discard(connection);
        }
    }

    private Connection take() throws SQLException, SinkException {
        for (Connection kept = idle.poll(); kept != null; kept = idle.poll()) {
            if (kept.isValid(SECONDS_TO_ANSWER)) {
                return kept;
            }
            discard(kept);
        }
        return connect();
    }

    private Connection connect() throws SQLException, SinkException {
        // before the driver sees it, which logs what it cannot read
        if (CREDENTIALS.matcher(spec.url()).find()) {
            throw new SinkException(
                    "cannot publish to a url with a password in it. Take it out and use the keys username and password of the postgres sink");
        }
        if (Driver.parseURL(spec.url(), new Properties()) == null) {
            throw PostgresErrors.of(
                    spec, "that is no url", "Write it as jdbc:postgresql://host:port/database");
        }
        Properties properties = new Properties();
        spec.username().ifPresent(user -> PGProperty.USER.set(properties, user));
        spec.password().map(Secret::reveal).ifPresent(p -> PGProperty.PASSWORD.set(properties, p));
        PGProperty.APPLICATION_NAME.set(properties, "tidemark");
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        Connection connection = DriverManager.getConnection(spec.url(), properties);
        try {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException e) {
            discard(connection);
            throw e;
        }
    }

    private static void discard(Connection connection) {
        try (connection) {
            connection.rollback();
        } catch (SQLException gone) {
            // with a connection that is gone, so is its transaction
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Connection kept = idle.poll(); kept != null; kept = idle.poll()) {
            discard(kept);
        }
    }
}
