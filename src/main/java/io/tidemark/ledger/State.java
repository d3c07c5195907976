package io.tidemark.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.tidemark.failpoint.Failpoint;
import io.tidemark.window.Feed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.h2.api.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/**
 * The open state of one job: a database that holds the ledger and the metadata of the batch job.
 *
 * <p>Where it is embedded, opening it is already exclusive: the database file is locked by the
 * operating system, which frees it when the process dies, however it dies.
 */
public final class State implements AutoCloseable {
    /** How long to wait for a process that only looks, such as {@code tidemark plan}. */
    private static final Duration PATIENCE_WITH_READERS = Duration.ofSeconds(10);

    /** There are connections for all: whoever waits for one waits for a server that is gone. */
    private static final Duration PATIENCE_WITH_SERVERS = Duration.ofSeconds(5);

    private final StateLocation location;
    private final String job;
    private final Holder me;
    private final Function<String, Feed> feeds;
    private final HikariDataSource dataSource;

    private State(
            StateLocation location,
            String job,
            Holder me,
            Function<String, Feed> feeds,
            HikariDataSource dataSource) {
        this.location = location;
        this.job = job;
        this.me = me;
        this.feeds = feeds;
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
     * @param feeds a feed by its id, as the source of the job knows it
     * @throws StateException.Held where state is embedded and another process uses it
     */
    public static State open(
            StateLocation location,
            String job,
            Holder me,
            int connections,
            Function<String, Feed> feeds)
            throws StateException {
        HikariDataSource dataSource =
                switch (location) {
                    case StateLocation.Directory directory ->
                            openEmbedded(directory, job, me, connections);
                    case StateLocation.Database server -> openServer(server, connections);
                };
        return new State(location, job, me, feeds, dataSource);
    }

    public DataSource dataSource() {
        return dataSource;
    }

    /** The ledger for reading; writing takes {@link #acquireLease()}. */
    public Ledger ledger() {
        return new Ledger(dataSource, job, feeds, null);
    }

    /**
     * Where windows wait while they are fetched; no two states share one. There is a lease before
     * there is a stage.
     */
    public Path stageDirectory() {
        return location.workDirectory().resolve("stage").resolve(job + "-" + lineage());
    }

    /** Given to the state once, when its lease was taken first: tells it from every other one. */
    public String lineage() {
        return JdbcClient.create(dataSource)
                .sql("select lineage from tidemark_job where job = ?")
                .param(job)
                .query(String.class)
                .single();
    }

    /**
     * Takes the right to apply the job, until the lease is closed or this process ends, however it
     * ends.
     *
     * @throws StateException.Held another process has it
     */
    public Lease acquireLease() throws StateException {
        return Lease.acquire(dataSource, location, job, me, feeds);
    }

    @Override
    public void close() {
        switch (location) {
            case StateLocation.Directory directory -> closeEmbedded(directory);
            case StateLocation.Database server -> dataSource.close();
        }
    }

    private void closeEmbedded(StateLocation.Directory directory) {
        HolderFile.of(directory, job).delete();
        Optional<Seal> seal = Optional.empty();
        try {
            seal = Seal.hold(directory, job, databaseFile(directory, job));
        } catch (IOException unsealed) {
            // as if this process had been killed
        }
        try {
            compact();
            dataSource.close();
            if (seal.isPresent()) {
                seal.get().seal();
            }
        } catch (IOException unsealed) {
            // as above
        } finally {
            seal.ifPresent(Seal::close);
        }
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

    private static HikariDataSource openEmbedded(
            StateLocation.Directory directory, String job, Holder me, int connections)
            throws StateException {
        HolderFile holderFile = HolderFile.of(directory, job);
        long deadline = System.nanoTime() + PATIENCE_WITH_READERS.toNanos();
        try {
            Files.createDirectories(directory.path());
            while (true) {
                Optional<HikariDataSource> opened = tryEmbedded(directory, job, me, connections);
                if (opened.isPresent()) {
                    return opened.get();
                }
                Optional<Holder> holder = holderFile.read();
                boolean willTakeLong =
                        holder.map(Holder::command).filter("apply"::equals).isPresent();
                if (willTakeLong || System.nanoTime() > deadline) {
                    throw new StateException.Held(heldMessage(job, holder, directory));
                }
                waitABit();
            }
        } catch (IOException | UncheckedIOException failure) {
            throw new StateException(
                    "%s: cannot keep state here, %s; name another place with --state"
                            .formatted(
                                    directory,
                                    failure instanceof FileAlreadyExistsException
                                            ? "it is a file and not a directory"
                                            : "it cannot be written to: " + failure.getMessage()),
                    failure);
        }
    }

    /** Empty where another process uses it. */
    @SuppressWarnings("try") // the first connection is there to be open
    private static Optional<HikariDataSource> tryEmbedded(
            StateLocation.Directory directory, String job, Holder me, int connections)
            throws IOException, StateException {
        Path file = databaseFile(directory, job);
        HikariConfig config = pool(connections);
        // WRITE_DELAY=0: the default loses transactions that were committed before a kill.
        // OPTIMIZE_REUSE_RESULTS=0: a subquery is believed to be as it was after its own statement
        // has inserted what it looks for.
        // RETENTION_TIME stays as it is: with less, readers meet "chunk not found".
        config.setJdbcUrl(
                "jdbc:h2:file:%s;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0;QUERY_CACHE_SIZE=64;OPTIMIZE_REUSE_RESULTS=0"
                        .formatted(directory.path().toAbsolutePath().resolve(job)));
        Optional<Seal> held = Seal.hold(directory, job, file);
        if (held.isEmpty()) {
            return Optional.empty();
        }
        try (Seal seal = held.get()) {
            if (Files.notExists(file)) {
                seal.begin();
            } else if (seal.isBegun()) {
                // killed before there was anything in it
            } else {
                demandSound(file, job, seal, config.getJdbcUrl() + ";ACCESS_MODE_DATA=r");
            }
            // this first connection holds the database open until the pool has one of its own
            try (Connection first = DriverManager.getConnection(config.getJdbcUrl())) {
                HolderFile.of(directory, job).write(me);
                if (!seal.isBegun()) {
                    seal.open();
                }
                HikariDataSource dataSource = migrated(new HikariDataSource(config), directory);
                seal.open();
                return Optional.of(dataSource);
            }
        } catch (SQLException failure) {
            if (failure.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1) {
                return Optional.empty();
            }
            throw unreadable(
                    file, job, "it cannot be read (%s)".formatted(firstLine(failure)), failure);
        }
    }

    /** Looks at an embedded database before anything in it is touched. */
    private static void demandSound(Path file, String job, Seal seal, String readOnlyUrl)
            throws IOException, SQLException, StateException {
        String difference = seal.difference();
        if (difference != null) {
            throw unreadable(file, job, difference, null);
        }
        try (Connection connection = DriverManager.getConnection(readOnlyUrl)) {
            DataSource looking = new SingleConnectionDataSource(connection, true);
            if (ledgerVersions(looking).length == 0) {
                throw unreadable(file, job, "there is no ledger in it", null);
            }
            refuseLater(looking, file.toString());
        }
    }

    private static StateException unreadable(
            Path file, String job, String what, @Nullable Exception failure) {
        return new StateException(
                "%s: the state of job '%s' is damaged: %s; put back a copy of the file and take %s.seal away, or move both away to begin with an empty ledger"
                        .formatted(file, job, what, job),
                failure);
    }

    private static HikariDataSource openServer(StateLocation.Database server, int connections)
            throws StateException {
        HikariConfig config = pool(connections);
        config.setJdbcUrl(server.url());
        HikariDataSource dataSource;
        try {
            dataSource = new HikariDataSource(config);
        } catch (RuntimeException failure) {
            throw unreachable(server, failure);
        }
        return migrated(dataSource, server);
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
        config.setConnectionTimeout(PATIENCE_WITH_SERVERS.toMillis());
        return config;
    }

    /** The same, its tables brought up to date; closed where they cannot be. */
    private static HikariDataSource migrated(HikariDataSource dataSource, StateLocation location)
            throws StateException {
        try {
            refuseLater(dataSource, location.toString());
            migrations(dataSource).migrate();
            return dataSource;
        } catch (FlywayException failure) {
            dataSource.close();
            throw new StateException(
                    "%s: the ledger's tables cannot be brought up to date: %s"
                            .formatted(location, firstLine(failure)),
                    failure);
        } catch (StateException refused) {
            dataSource.close();
            throw refused;
        }
    }

    /** A later Tidemark may keep things in state that this one would overlook. */
    private static void refuseLater(DataSource dataSource, String where) throws StateException {
        for (MigrationInfo migration : ledgerVersions(dataSource)) {
            if (migration.getState() == MigrationState.FUTURE_SUCCESS) {
                throw new StateException(
                        "%s: this state was written by a later version of Tidemark (ledger %s, %s); use that version. Nothing was changed"
                                .formatted(
                                        where, migration.getVersion(), migration.getDescription()),
                        null);
            }
        }
    }

    /** Empty where there is no ledger. */
    private static MigrationInfo[] ledgerVersions(DataSource dataSource) {
        return migrations(dataSource).info().applied();
    }

    private static Flyway migrations(DataSource dataSource) {
        return Flyway.configure()
                .dataSource(dataSource)
                .locations(
                        "classpath:io/tidemark/sql/ledger",
                        "classpath:io/tidemark/sql/ledger_" + product(dataSource))
                .table("tidemark_schema")
                .baselineOnMigrate(true) // a server's schema may hold other tables
                .baselineVersion("0")
                .load();
    }

    /** {@code h2} or {@code postgresql}. */
    private static String product(DataSource dataSource) {
        try {
            return JdbcUtils.extractDatabaseMetaData(
                            dataSource, DatabaseMetaData::getDatabaseProductName)
                    .toLowerCase(Locale.ROOT);
        } catch (MetaDataAccessException failure) {
            throw new FlywayException("its database does not say what it is", failure);
        }
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
        String message = root.getMessage();
        return message == null
                ? root.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }

    private static void waitABit() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
