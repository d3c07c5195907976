package io.tidemark.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.tidemark.failpoint.Failpoint;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.h2.api.ErrorCode;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The open state of one job: a database that holds the ledger and the metadata of the batch job.
 *
 * <p>Where it is embedded, opening it is already exclusive: the database file is locked by the
 * operating system, which frees it when the process dies, however it dies.
 */
public final class State implements AutoCloseable {
    /** How long to wait for a process that only looks, such as {@code tidemark plan}. */
    private static final Duration PATIENCE_WITH_READERS = Duration.ofSeconds(10);

    private final StateLocation location;
    private final String job;
    private final Holder me;
    private final HikariDataSource dataSource;

    private State(StateLocation location, String job, Holder me, HikariDataSource dataSource) {
        this.location = location;
        this.job = job;
        this.me = me;
        this.dataSource = dataSource;
    }

    /** Whether there is state of this job. Creates nothing. */
    public static boolean exists(StateLocation location, String job) throws StateException {
        return switch (location) {
            case StateLocation.Directory directory -> Files.exists(databaseFile(directory, job));
            case StateLocation.Database server -> existsOn(server, job);
        };
    }

    /**
     * Opens the state of a job, and creates it where there is none.
     *
     * @param connections how many will be used at once at most
     * @throws StateException.Held where state is embedded and another process uses it
     */
    public static State open(StateLocation location, String job, Holder me, int connections)
            throws StateException {
        HikariDataSource dataSource =
                switch (location) {
                    case StateLocation.Directory directory ->
                            openEmbedded(directory, job, me, connections);
                    case StateLocation.Database server -> openServer(server, connections);
                };
        try {
            migrate(dataSource);
        } catch (FlywayException failure) {
            dataSource.close();
            throw new StateException(
                    "%s: the ledger's tables cannot be brought up to date: %s"
                            .formatted(location, firstLine(failure)),
                    failure);
        }
        return new State(location, job, me, dataSource);
    }

    public DataSource dataSource() {
        return dataSource;
    }

    /** The ledger for reading; writing takes {@link #acquireLease()}. */
    public Ledger ledger() {
        return new Ledger(dataSource, job);
    }

    /**
     * Where windows wait while they are fetched; no two states share one. There is a lease before
     * there is a stage.
     */
    public Path stageDirectory() {
        String lineage =
                JdbcClient.create(dataSource)
                        .sql("select lineage from tidemark_job where job = ?")
                        .param(job)
                        .query(String.class)
                        .single();
        return location.workDirectory().resolve("stage").resolve(job + "-" + lineage);
    }

    /**
     * Takes the right to apply the job, until the lease is closed or this process ends, however it
     * ends.
     *
     * @throws StateException.Held another process has it
     */
    public Lease acquireLease() throws StateException {
        return Lease.acquire(dataSource, location, job, me);
    }

    @Override
    public void close() {
        if (location instanceof StateLocation.Directory directory) {
            HolderFile.of(directory, job).delete();
            compact();
        }
        dataSource.close();
        Failpoint.STATE_CLOSED.pass();
    }

    /** Embedded state is shut down with a file as small as what is in it. */
    private void compact() {
        try {
            JdbcClient.create(dataSource).sql("shutdown compact").update();
        } catch (DataAccessException itIsClosedAllTheSame) {
            // the pool notices that its connections are gone
        }
    }

    @SuppressWarnings("try") // the first connection is there to be open
    private static HikariDataSource openEmbedded(
            StateLocation.Directory directory, String job, Holder me, int connections)
            throws StateException {
        Path file = databaseFile(directory, job);
        try {
            Files.createDirectories(directory.path());
        } catch (IOException failure) {
            throw new StateException(
                    "%s: cannot keep state here, %s; name another place with --state"
                            .formatted(
                                    directory,
                                    failure instanceof FileAlreadyExistsException
                                            ? "it is a file and not a directory"
                                            : "it cannot be written to: " + failure.getMessage()),
                    failure);
        }
        HolderFile holderFile = HolderFile.of(directory, job);
        HikariConfig config = pool(connections);
        // WRITE_DELAY=0: the default loses transactions that were committed before a kill.
        // RETENTION_TIME stays as it is: with less, readers meet "chunk not found".
        config.setJdbcUrl(
                "jdbc:h2:file:%s;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0"
                        .formatted(directory.path().toAbsolutePath().resolve(job)));
        long deadline = System.nanoTime() + PATIENCE_WITH_READERS.toNanos();
        while (true) {
            // this first connection holds the database open until the pool has one of its own
            try (Connection first = DriverManager.getConnection(config.getJdbcUrl())) {
                holderFile.write(me);
                return new HikariDataSource(config);
            } catch (SQLException failure) {
                if (failure.getErrorCode() != ErrorCode.DATABASE_ALREADY_OPEN_1) {
                    throw new StateException(
                            "%s: the state of job '%s' cannot be read: %s; put back a copy of the file, or move it away to begin with an empty ledger"
                                    .formatted(file, job, firstLine(failure)),
                            failure);
                }
            }
            Optional<Holder> holder = holderFile.read();
            boolean willTakeLong = holder.map(Holder::command).filter("apply"::equals).isPresent();
            if (willTakeLong || System.nanoTime() > deadline) {
                throw new StateException.Held(heldMessage(job, holder, directory));
            }
            waitABit();
        }
    }

    private static HikariDataSource openServer(StateLocation.Database server, int connections)
            throws StateException {
        HikariConfig config = pool(connections);
        config.setJdbcUrl(server.url());
        try {
            return new HikariDataSource(config);
        } catch (RuntimeException failure) {
            throw unreachable(server, failure);
        }
    }

    private static boolean existsOn(StateLocation.Database server, String job)
            throws StateException {
        try (Connection connection = DriverManager.getConnection(server.url())) {
            return JdbcClient.create(new SingleConnectionDataSource(connection, true))
                            .sql("select count(*) from tidemark_job where job = ?")
                            .param(job)
                            .query(Long.class)
                            .single()
                    > 0;
        } catch (BadSqlGrammarException noTables) {
            return false;
        } catch (SQLException | DataAccessException failure) {
            throw unreachable(server, failure);
        }
    }

    private static StateException unreachable(StateLocation.Database server, Exception failure) {
        return new StateException(
                "%s: the state database cannot be reached: %s; check --state or TIDEMARK_STATE"
                        .formatted(server, firstLine(failure)),
                failure);
    }

    private static HikariConfig pool(int connections) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("state");
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        return config;
    }

    private static void migrate(DataSource dataSource) {
        Flyway.configure()
                .dataSource(dataSource)
                .locations("classpath:io/tidemark/sql/ledger")
                .table("tidemark_schema")
                .baselineOnMigrate(true) // a server's schema may hold other tables
                .baselineVersion("0")
                .load()
                .migrate();
    }

    static String heldMessage(String job, Optional<Holder> holder, StateLocation location) {
        String who =
                holder.map(h -> "%s, since %s".formatted(h.description(), h.since()))
                        .orElse("another process");
        return "job '%s' is in use by %s (state: %s); wait until it has ended, or stop it"
                .formatted(job, who, location);
    }

    private static Path databaseFile(StateLocation.Directory directory, String job) {
        return directory.path().resolve(job + ".mv.db");
    }

    private static String firstLine(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    }

    private static void waitABit() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
