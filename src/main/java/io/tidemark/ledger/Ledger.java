package io.tidemark.ledger;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.invocation.Quarantined;
import io.tidemark.sink.Receipt;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What has been exported: one entry per window of a job.
 *
 * <p>Writes join the transaction of the calling thread where there is one on the same database, so
 * that an entry and the batch step it stands for are committed together. They are refused with
 * {@link LeaseLost} where another process has taken the lease since. Database errors surface as
 * Spring's {@link org.springframework.dao.DataAccessException}.
 */
public final class Ledger {
    private static final String OF_WINDOW =
            " where job = ? and function_urn = ? and window_from = ? and window_to = ?";
    private static final int QUARANTINE_BATCH = 100;

    private final JdbcClient jdbc;
    private final JdbcTemplate template;
    private final String job;
    private final @Nullable Long epoch;

    /** For reading only. */
    Ledger(DataSource dataSource, String job) {
        this(dataSource, job, null);
    }

    Ledger(DataSource dataSource, String job, @Nullable Long epoch) {
        this.template = new JdbcTemplate(dataSource);
        this.jdbc = JdbcClient.create(template);
        this.job = job;
        this.epoch = epoch;
    }

    /** All entries of the job, by function and time. */
    public List<Entry> entries() {
        return jdbc.sql(
                        "select * from tidemark_window where job = ? order by function_urn, window_from")
                .param(job)
                .query(Ledger::entry)
                .list();
    }

    /** The entry of one window; empty where it was never begun. */
    public Optional<Entry> entry(Window window) {
        return jdbc.sql("select * from tidemark_window" + OF_WINDOW)
                .params(key(window))
                .query(Ledger::entry)
                .optional();
    }

    /** What the sinks said in one reading of a window, by sink. */
    public List<Receipt> receipts(Window window, int generation) {
        return jdbc.sql(
                        "select sink, place, row_count, byte_count, sha256 from tidemark_receipt"
                                + OF_WINDOW
                                + " and generation = ? order by sink")
                .params(key(window, generation))
                .query((row, number) ->
                        new Receipt(
                                row.getString("sink"),
                                row.getString("place"),
                                row.getLong("row_count"),
                                row.getObject("byte_count", Long.class),
                                row.getString("sha256")))
                .list();
    }

    /** What was quarantined in one reading of a window, in the order it was kept in. */
    public List<Quarantined> quarantined(Window window, int generation, int atMost) {
        return jdbc.sql(
                        "select raw, reason from tidemark_quarantine"
                                + OF_WINDOW
                                + " and generation = ? order by ordinal limit "
                                + atMost)
                .params(key(window, generation))
                .query((row, number) ->
                        new Quarantined(row.getString("raw"), row.getString("reason")))
                .list();
    }

    /** A reading of the window begins; what an earlier one left in the sinks stays as it is. */
    public void begin(Window window, int generation, Instant now) {
        changing();
        int updated =
                jdbc.sql(
                                "update tidemark_window set attempt_generation = ?, attempt_since = ?, attempt_failure = null"
                                        + OF_WINDOW)
                        .params(with(List.of(generation, utc(now)), key(window)))
                        .update();
        if (updated == 0) {
            jdbc.sql(
                            "insert into tidemark_window (job, function_urn, window_from, window_to, attempt_generation, attempt_since) values (?, ?, ?, ?, ?, ?)")
                    .params(with(key(window), List.of(generation, utc(now))))
                    .update();
        }
    }

    /** The reading that has begun ended early. */
    public void failed(Window window, String reason) {
        changing();
        jdbc.sql("update tidemark_window set attempt_failure = ?" + OF_WINDOW)
                .params(with(List.of(reason), key(window)))
                .update();
    }

    /** The reading that has begun is dropped, and the window stays as it is exported. */
    public void withdraw(Window window) {
        changing();
        jdbc.sql(
                        "update tidemark_window set attempt_generation = null, attempt_since = null, attempt_failure = null"
                                + OF_WINDOW)
                .params(key(window))
                .update();
    }

    /** A sink has the window, in this reading. */
    public void received(Window window, int generation, Receipt receipt) {
        changing();
        jdbc.sql("delete from tidemark_receipt" + OF_WINDOW + " and generation = ? and sink = ?")
                .params(with(key(window, generation), List.of(receipt.sink())))
                .update();
        jdbc.sql(
                        "insert into tidemark_receipt (job, function_urn, window_from, window_to, generation, sink, place, row_count, byte_count, sha256) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .params(key(window, generation))
                .param(receipt.sink())
                .param(receipt.place())
                .param(receipt.rows())
                .param(receipt.bytes())
                .param(receipt.sha256())
                .update();
    }

    /** Keeps what was quarantined in a reading, in place of what the same reading kept before. */
    public void quarantine(Window window, int generation, Iterator<Quarantined> records) {
        changing();
        jdbc.sql("delete from tidemark_quarantine" + OF_WINDOW + " and generation = ?")
                .params(key(window, generation))
                .update();
        List<Object[]> batch = new ArrayList<>();
        long ordinal = 0;
        while (records.hasNext()) {
            Quarantined record = records.next();
            batch.add(
                    with(key(window, generation), List.of(ordinal++, record.reason(), record.raw()))
                            .toArray());
            if (batch.size() == QUARANTINE_BATCH || !records.hasNext()) {
                template.batchUpdate(
                        "insert into tidemark_quarantine (job, function_urn, window_from, window_to, generation, ordinal, reason, raw) values (?, ?, ?, ?, ?, ?, ?, ?)",
                        batch);
                batch.clear();
            }
        }
    }

    /**
     * The window stands in every sink: the reading becomes the exported one, and earlier ones are
     * forgotten.
     */
    public void exported(Window window, Entry.Exported exported) {
        changing();
        jdbc.sql(
                        "update tidemark_window set exported_generation = ?, exported_at = ?, records = ?, open_records = ?, quarantined = ?, source_count = ?, verdict = ?, verdict_reason = ?, source_identity = ?, attempt_generation = null, attempt_since = null, attempt_failure = null"
                                + OF_WINDOW)
                .param(exported.generation())
                .param(utc(exported.at()))
                .param(exported.records())
                .param(exported.open())
                .param(exported.quarantined())
                .param(
                        exported.sourceCount().isPresent()
                                ? exported.sourceCount().getAsLong()
                                : null)
                .param(exported.verdict().kind().name())
                .param(exported.verdict().reason())
                .param(exported.sourceIdentity().toText())
                .params(key(window))
                .update();
        for (String table : List.of("tidemark_receipt", "tidemark_quarantine")) {
            jdbc.sql("delete from " + table + OF_WINDOW + " and generation < ?")
                    .params(key(window, exported.generation()))
                    .update();
        }
    }

    /** Drops what is known of a window. What was exported stays where it is. */
    public void forget(Window window) {
        changing();
        for (String table : List.of("tidemark_window", "tidemark_receipt", "tidemark_quarantine")) {
            jdbc.sql("delete from " + table + OF_WINDOW).params(key(window)).update();
        }
    }

    void checkLease() {
        long current =
                jdbc.sql("select lease_epoch from tidemark_job where job = ?")
                        .param(job)
                        .query(Long.class)
                        .single();
        if (epoch == null || epoch != current) {
            throw new LeaseLost(job);
        }
    }

    /**
     * Counts the change, and makes sure in the same statement that the lease is still this one:
     * whoever takes it over waits for this transaction.
     */
    private void changing() {
        if (epoch == null) {
            throw new IllegalStateException("this ledger was opened for reading");
        }
        int updated =
                jdbc.sql(
                                "update tidemark_job set serial = serial + 1 where job = ? and lease_epoch = ?")
                        .params(job, epoch)
                        .update();
        if (updated == 0) {
            throw new LeaseLost(job);
        }
    }

    private static Entry entry(ResultSet row, int number) throws SQLException {
        Window window =
                new Window(
                        FunctionUrn.of(row.getString("function_urn")),
                        new TimeRange(instant(row, "window_from"), instant(row, "window_to")));
        return new Entry(window, exported(row), attempt(row));
    }

    private static Optional<Entry.Exported> exported(ResultSet row) throws SQLException {
        Integer generation = row.getObject("exported_generation", Integer.class);
        if (generation == null) {
            return Optional.empty();
        }
        Long sourceCount = row.getObject("source_count", Long.class);
        return Optional.of(
                new Entry.Exported(
                        generation,
                        instant(row, "exported_at"),
                        row.getLong("records"),
                        row.getLong("open_records"),
                        row.getLong("quarantined"),
                        sourceCount == null ? OptionalLong.empty() : OptionalLong.of(sourceCount),
                        new Verdict(
                                Verdict.Kind.valueOf(row.getString("verdict")),
                                row.getString("verdict_reason")),
                        SourceIdentity.ofText(row.getString("source_identity"))));
    }

    private static Optional<Entry.Attempt> attempt(ResultSet row) throws SQLException {
        Integer generation = row.getObject("attempt_generation", Integer.class);
        return generation == null
                ? Optional.empty()
                : Optional.of(
                        new Entry.Attempt(
                                generation,
                                instant(row, "attempt_since"),
                                Optional.ofNullable(row.getString("attempt_failure"))));
    }

    private List<Object> key(Window window) {
        return List.of(job, window.function().canonical(), utc(window.from()), utc(window.to()));
    }

    private List<Object> key(Window window, int generation) {
        return with(key(window), List.of(generation));
    }

    private static List<Object> with(List<?> first, List<?> then) {
        List<Object> all = new ArrayList<>(first);
        all.addAll(then);
        return all;
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
