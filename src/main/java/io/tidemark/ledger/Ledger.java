package io.tidemark.ledger;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.invocation.Invocation;
import io.tidemark.invocation.InvocationStatus;
import io.tidemark.invocation.Quarantined;
import io.tidemark.sink.Receipt;
import io.tidemark.window.FilterMeaning;
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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

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
    private static final int BATCH = 100;

    private final DataSource dataSource;
    private final JdbcClient jdbc;
    private final JdbcTemplate template;
    private final String job;
    private final @Nullable Long epoch;

    /** For reading only. */
    Ledger(DataSource dataSource, String job) {
        this(dataSource, job, null);
    }

    Ledger(DataSource dataSource, String job, @Nullable Long epoch) {
        this.dataSource = dataSource;
        this.template = new JdbcTemplate(dataSource);
        this.jdbc = JdbcClient.create(template);
        this.job = job;
        this.epoch = epoch;
    }

    /** Which state this is, and how often it has changed. */
    public StateVersion version() {
        return jdbc.sql("select lineage, serial from tidemark_job where job = ? and serial > 0")
                .param(job)
                .query((row, number) ->
                        new StateVersion(
                                Optional.of(row.getString("lineage")), row.getLong("serial")))
                .optional()
                .orElse(StateVersion.EMPTY);
    }

    /** What the window of an endpoint filters; empty where nobody has found out yet. */
    public Optional<FilterMeaning> meaning(String endpoint) {
        return jdbc.sql("select * from tidemark_source_meaning where endpoint = ?")
                .param(endpoint)
                .query((row, number) ->
                        new FilterMeaning(
                                FilterMeaning.Time.valueOf(row.getString("filter_time")),
                                FilterMeaning.Bound.valueOf(row.getString("begin_bound")),
                                FilterMeaning.Bound.valueOf(row.getString("end_bound")),
                                row.getInt("samples")))
                .optional();
    }

    /**
     * Keeps what the window of an endpoint filters. No change of the ledger: what follows from it
     * for windows stands in their {@link SourceIdentity}.
     */
    public void remember(String endpoint, FilterMeaning meaning) {
        checkLease();
        List<Object> values =
                List.of(
                        meaning.time().name(),
                        meaning.begin().name(),
                        meaning.end().name(),
                        meaning.samples(),
                        endpoint);
        int updated =
                jdbc.sql(
                                "update tidemark_source_meaning set filter_time = ?, begin_bound = ?, end_bound = ?, samples = ? where endpoint = ?")
                        .params(values)
                        .update();
        if (updated == 0) {
            try {
                jdbc.sql(
                                "insert into tidemark_source_meaning (filter_time, begin_bound, end_bound, samples, endpoint) values (?, ?, ?, ?, ?)")
                        .params(values)
                        .update();
            } catch (DuplicateKeyException anotherJobWasFaster) {
                // it asked the same endpoint
            }
        }
    }

    /** Counts a change although nothing is recorded: a saved plan is used up by being begun. */
    public void advance() {
        changing();
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
                .query((row, number) -> receipt(row))
                .list();
    }

    /** What the sinks said of every exported window of a function. */
    public Map<Window, List<Receipt>> receipts(FunctionUrn function) {
        Map<Window, List<Receipt>> receipts = new TreeMap<>();
        jdbc.sql(
                        "select r.* from tidemark_receipt r join tidemark_window w on w.job = r.job and w.function_urn = r.function_urn and w.window_from = r.window_from and w.window_to = r.window_to and w.exported_generation = r.generation where r.job = ? and r.function_urn = ?")
                .params(job, function.canonical())
                .query(row -> {
                    Window window =
                            new Window(
                                    function,
                                    new TimeRange(
                                            instant(row, "window_from"),
                                            instant(row, "window_to")));
                    receipts.computeIfAbsent(window, w -> new ArrayList<>()).add(receipt(row));
                });
        return receipts;
    }

    /** The records that were still open in one reading of a window: request id and status. */
    public Map<String, InvocationStatus> open(Window window, int generation) {
        Map<String, InvocationStatus> open = new TreeMap<>();
        jdbc.sql("select request_id, status from tidemark_open" + OF_WINDOW + " and generation = ?")
                .params(key(window, generation))
                .query(row -> {
                    open.put(
                            row.getString("request_id"),
                            InvocationStatus.valueOf(row.getString("status")));
                });
        return open;
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
    public void begin(Window window, int generation, Instant now, SourceIdentity sourceIdentity) {
        changing();
        int updated =
                jdbc.sql(
                                "update tidemark_window set attempt_generation = ?, attempt_since = ?, attempt_identity = ?, attempt_failure = null"
                                        + OF_WINDOW)
                        .params(
                                with(
                                        List.of(generation, utc(now), sourceIdentity.toText()),
                                        key(window)))
                        .update();
        if (updated == 0) {
            jdbc.sql(
                            "insert into tidemark_window (job, function_urn, window_from, window_to, attempt_generation, attempt_since, attempt_identity) values (?, ?, ?, ?, ?, ?, ?)")
                    .params(
                            with(
                                    key(window),
                                    List.of(generation, utc(now), sourceIdentity.toText())))
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
        long[] ordinal = {0};
        insert(
                "insert into tidemark_quarantine (job, function_urn, window_from, window_to, generation, ordinal, reason, raw) values (?, ?, ?, ?, ?, ?, ?, ?)",
                records,
                record ->
                        with(
                                key(window, generation),
                                List.of(ordinal[0]++, record.reason(), record.raw())));
    }

    /** Keeps which records were still open in a reading, to ask for them by their ids. */
    public void open(Window window, int generation, Iterator<Invocation> records) {
        changing();
        jdbc.sql("delete from tidemark_open" + OF_WINDOW + " and generation = ?")
                .params(key(window, generation))
                .update();
        insert(
                "insert into tidemark_open (job, function_urn, window_from, window_to, generation, request_id, status) values (?, ?, ?, ?, ?, ?, ?)",
                records,
                record ->
                        with(
                                key(window, generation),
                                List.of(record.requestId(), record.status().name())));
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
        for (String table : List.of("tidemark_receipt", "tidemark_quarantine", "tidemark_open")) {
            jdbc.sql("delete from " + table + OF_WINDOW + " and generation < ?")
                    .params(key(window, exported.generation()))
                    .update();
        }
    }

    /** Drops what is known of a window. What was exported stays where it is. */
    public void forget(Window window) {
        new TransactionTemplate(new JdbcTransactionManager(dataSource))
                .executeWithoutResult(transaction -> forgetAllOf(window));
    }

    private void forgetAllOf(Window window) {
        changing();
        for (String table :
                List.of(
                        "tidemark_window",
                        "tidemark_receipt",
                        "tidemark_quarantine",
                        "tidemark_open")) {
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

    private static Receipt receipt(ResultSet row) throws SQLException {
        return new Receipt(
                row.getString("sink"),
                row.getString("place"),
                row.getLong("row_count"),
                row.getObject("byte_count", Long.class),
                row.getString("sha256"));
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
                                Optional.ofNullable(row.getString("attempt_failure")),
                                SourceIdentity.ofText(row.getString("attempt_identity"))));
    }

    private <T> void insert(String sql, Iterator<T> records, Function<T, List<Object>> values) {
        List<Object[]> batch = new ArrayList<>();
        while (records.hasNext()) {
            batch.add(values.apply(records.next()).toArray());
            if (batch.size() == BATCH || !records.hasNext()) {
                template.batchUpdate(sql, batch);
                batch.clear();
            }
        }
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
