package io.tidemark.ledger;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.window.Feed;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The right to apply one job. It dies with its holder: on a server it is an advisory lock of a
 * connection, which the server frees when the connection ends; embedded state is locked as a file.
 *
 * <p>Each holder has a greater epoch than the one before. Whoever writes to the ledger shows its
 * epoch, so that a holder that lost the lease without noticing, because it was paused, cannot
 * write.
 */
public final class Lease implements AutoCloseable {
    private final DataSource dataSource;
    private final String job;
    private final long epoch;
    private final Function<String, Feed> feeds;
    private final Connection lockHolder;
    private final GroupCommit group;

    private Lease(
            DataSource dataSource,
            String job,
            long epoch,
            Function<String, Feed> feeds,
            Connection lockHolder) {
        this.dataSource = dataSource;
        this.job = job;
        this.epoch = epoch;
        this.feeds = feeds;
        this.lockHolder = lockHolder;
        this.group = new GroupCommit(dataSource, job, epoch);
    }

    static Lease acquire(
            DataSource dataSource,
            StateLocation location,
            String job,
            Holder me,
            Function<String, Feed> feeds)
            throws StateException {
        Failpoint.STATE_OPENED.pass();
        Connection connection = null;
        try {
            connection = dataSource.getConnection();
            JdbcClient jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
            if (location instanceof StateLocation.Database
                    && !jdbc.sql("select pg_try_advisory_lock(hashtextextended(?, 0))")
                            .param("tidemark lease " + job)
                            .query(Boolean.class)
                            .single()) {
                StateException.Held held =
                        new StateException.Held(
                                State.heldMessage(job, lastHolder(jdbc, job), location));
                connection.close();
                throw held;
            }
            Lease lease = new Lease(dataSource, job, nextEpoch(jdbc, job, me), feeds, connection);
            Failpoint.LEASE_TAKEN.pass();
            return lease;
        } catch (SQLException | org.springframework.dao.DataAccessException failure) {
            close(connection);
            throw new StateException(
                    "%s: the lease of job '%s' cannot be taken: %s"
                            .formatted(location, job, failure.getMessage()),
                    failure);
        }
    }

    /** What is written in the lease's name, the ledger's changes among it. */
    public GroupCommit group() {
        return group;
    }

    /** The ledger, for writing: see {@link #group()}. */
    public Ledger ledger() {
        return new Ledger(dataSource, job, feeds, group);
    }

    /** Grows with every holder; only the newest may write. */
    public long epoch() {
        return epoch;
    }

    /**
     * Makes sure that no other process has the lease.
     *
     * @throws LeaseLost where one has, or where it cannot be told
     */
    public void check() {
        group.checkLease();
    }

    @Override
    public void close() {
        group.close();
        Failpoint.LEASE_KEPT.pass();
        try {
            if (!lockHolder.isClosed()
                    && !lockHolder.getMetaData().getURL().startsWith("jdbc:h2")) {
                JdbcClient.create(new SingleConnectionDataSource(lockHolder, true))
                        .sql("select pg_advisory_unlock(hashtextextended(?, 0))")
                        .param("tidemark lease " + job)
                        .query(Boolean.class)
                        .single();
            }
        } catch (SQLException | org.springframework.dao.DataAccessException gone) {
            // with the connection the lock is gone too
        } finally {
            close(lockHolder);
        }
        Failpoint.LEASE_RELEASED.pass();
    }

    private static long nextEpoch(JdbcClient jdbc, String job, Holder me) {
        String holder = "%s|%s|%d".formatted(me.command(), me.host(), me.pid());
        OffsetDateTime since = me.since().atOffset(ZoneOffset.UTC);
        int updated =
                jdbc.sql(
                                "update tidemark_job set lease_epoch = lease_epoch + 1, holder = ?, holder_since = ? where job = ?")
                        .params(holder, since, job)
                        .update();
        if (updated == 0) {
            jdbc.sql(
                            "insert into tidemark_job (job, lineage, serial, lease_epoch, holder, holder_since) values (?, ?, 0, 1, ?, ?)")
                    .params(job, UUID.randomUUID().toString(), holder, since)
                    .update();
        }
        return jdbc.sql("select lease_epoch from tidemark_job where job = ?")
                .param(job)
                .query(Long.class)
                .single();
    }

    private static Optional<Holder> lastHolder(JdbcClient jdbc, String job) {
        return jdbc.sql("select holder, holder_since from tidemark_job where job = ?")
                .param(job)
                .query((row, number) -> {
                    String[] parts = row.getString(1).split("\\|");
                    Instant since = row.getObject(2, OffsetDateTime.class).toInstant();
                    return new Holder(parts[0], parts[1], Long.parseLong(parts[2]), since);
                })
                .optional();
    }

    private static void close(@org.jspecify.annotations.Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException gone) {
            // closed all the same
        }
    }
}
