package io.tidemark.ledger;

import io.tidemark.record.Rejected;
import io.tidemark.sink.Receipt;
import io.tidemark.window.Feed;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
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
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What has been exported: one entry per window of a job.
 *
 * <p>Changes are {@linkplain GroupCommit grouped}: they are written soon, in their order, and are
 * not seen here before. Refused with {@link LeaseLost} where another process has taken the lease
 * since. Database errors surface as Spring's {@link org.springframework.dao.DataAccessException}.
 */
public final class Ledger {
    private static final String OF_WINDOW =
            " where job = ? and function_urn = ? and window_from = ? and window_to = ?";
    private static final int BATCH = 100;

    // in which order changes of different windows are made, see GroupCommit
    private static final int BEGIN = 20;
    private static final int RECEIVED = 30;
    private static final int KEPT = 40;
    private static final int EXPORTED = 50;

    private final JdbcClient jdbc;
    private final String job;
    private final Function<String, Feed> feeds;
    private final @Nullable GroupCommit group;

    /**
     * @param feeds a feed by its id
     * @param group null for reading only
     */
    Ledger(
            DataSource dataSource,
            String job,
            Function<String, Feed> feeds,
            @Nullable GroupCommit group) {
        this.jdbc = JdbcClient.create(dataSource);
        this.job = job;
        this.feeds = feeds;
        this.group = group;
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

    /** What was found out about an endpoint, in its source's words; empty where nothing was. */
    public Optional<String> memory(String endpoint) {
        return jdbc.sql("select memory from tidemark_source_meaning where endpoint = ?")
                .param(endpoint)
                .query(String.class)
                .optional();
    }

    /**
     * Keeps what was found out about an endpoint, at once. No change of the ledger: what follows
     * from it for windows stands in their {@link SourceIdentity}.
     */
    public void remember(String endpoint, String memory) {
        group().checkLease();
        int updated =
                jdbc.sql("update tidemark_source_meaning set memory = ? where endpoint = ?")
                        .params(memory, endpoint)
                        .update();
        if (updated == 0) {
            try {
                jdbc.sql("insert into tidemark_source_meaning (memory, endpoint) values (?, ?)")
                        .params(memory, endpoint)
                        .update();
            } catch (DuplicateKeyException anotherJobWasFaster) {
                // it asked the same endpoint
            }
        }
    }

    /** Counts a change although nothing is recorded: a saved plan is used up by being begun. */
    public void advance() {
        group().advance();
    }

    /** All entries of the job, by function and time. */
    public List<Entry> entries() {
        return jdbc.sql(
                        "select * from tidemark_window where job = ? order by function_urn, window_from")
                .param(job)
                .query((row, number) -> entry(row))
                .list();
    }

    /** The entry of one window; empty where it was never begun. */
    public Optional<Entry> entry(Window window) {
        return jdbc.sql("select * from tidemark_window" + OF_WINDOW)
                .params(key(window))
                .query((row, number) -> entry(row))
                .optional();
    }

    /** What the sinks said in one attempt at a window, by sink. */
    public List<Receipt> receipts(Window window, int attempt) {
        return jdbc.sql(
                        "select sink, place, row_count, byte_count, sha256 from tidemark_receipt"
                                + OF_WINDOW
                                + " and attempt = ? order by sink")
                .params(key(window, attempt))
                .query((row, number) -> receipt(row))
                .list();
    }

    /** What the sinks said of every exported window of a feed. */
    public Map<Window, List<Receipt>> receipts(Feed feed) {
        Map<Window, List<Receipt>> receipts = new TreeMap<>();
        jdbc.sql(
                        "select r.* from tidemark_receipt r join tidemark_window w on w.job = r.job and w.function_urn = r.function_urn and w.window_from = r.window_from and w.window_to = r.window_to and w.exported_attempt = r.attempt where r.job = ? and r.function_urn = ?")
                .params(job, feed.id())
                .query(row -> {
                    Window window =
                            new Window(
                                    feed,
                                    new TimeRange(
                                            instant(row, "window_from"),
                                            instant(row, "window_to")));
                    receipts.computeIfAbsent(window, w -> new ArrayList<>()).add(receipt(row));
                });
        return receipts;
    }

    /** The records that were still open in one attempt at a window: id → the word for its state. */
    public Map<String, String> open(Window window, int attempt) {
        Map<String, String> open = new TreeMap<>();
        jdbc.sql("select request_id, status from tidemark_open" + OF_WINDOW + " and attempt = ?")
                .params(key(window, attempt))
                .query(row -> {
                    open.put(row.getString("request_id"), row.getString("status"));
                });
        return open;
    }

    /** What was quarantined in one attempt at a window, in the order it was kept in. */
    public List<Rejected> quarantined(Window window, int attempt, int atMost) {
        return jdbc.sql(
                        "select raw, reason from tidemark_quarantine"
                                + OF_WINDOW
                                + " and attempt = ? order by ordinal limit "
                                + atMost)
                .params(key(window, attempt))
                .query((row, number) -> new Rejected(row.getString("raw"), row.getString("reason")))
                .list();
    }

    /** An attempt at the window begins; what an earlier one left in the sinks stays as it is. */
    public void begin(Window window, int attempt, Instant now, SourceIdentity sourceIdentity) {
        group().together(() -> {
            change(
                    window,
                    BEGIN,
                    "insert into tidemark_window (job, function_urn, window_from, window_to) select cast(? as varchar(200)), cast(? as varchar(500)), cast(? as timestamp with time zone), cast(? as timestamp with time zone) where not exists (select 1 from tidemark_window"
                            + OF_WINDOW
                            + ")",
                    with(key(window), key(window)));
            change(
                    window,
                    BEGIN + 1,
                    "update tidemark_window set attempt_number = ?, attempt_since = ?, attempt_identity = ?, attempt_failure = null"
                            + OF_WINDOW,
                    with(List.of(attempt, utc(now), sourceIdentity.toText()), key(window)));
        });
        group().stepEnds();
    }

    /** The attempt that has begun ended early. */
    public void failed(Window window, String reason) {
        change(
                window,
                BEGIN + 2,
                "update tidemark_window set attempt_failure = ?" + OF_WINDOW,
                with(List.of(reason), key(window)));
        group().stepEnds();
    }

    /** The attempt that has begun is dropped, and the window stays as it is exported. */
    public void withdraw(Window window) {
        change(
                window,
                BEGIN + 3,
                "update tidemark_window set attempt_number = null, attempt_since = null, attempt_failure = null"
                        + OF_WINDOW,
                key(window));
        group().stepEnds();
    }

    /** A sink has the window, in this attempt. */
    public void received(Window window, int attempt, Receipt receipt) {
        group().together(() -> {
            change(
                    window,
                    RECEIVED,
                    "delete from tidemark_receipt" + OF_WINDOW + " and attempt = ? and sink = ?",
                    with(key(window, attempt), List.of(receipt.sink())));
            change(
                    window,
                    RECEIVED + 1,
                    "insert into tidemark_receipt (job, function_urn, window_from, window_to, attempt, sink, place, row_count, byte_count, sha256) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    with(
                            key(window, attempt),
                            Arrays.asList(
                                    receipt.sink(),
                                    receipt.place(),
                                    receipt.rows(),
                                    receipt.bytes(),
                                    receipt.sha256())));
        });
    }

    /** Keeps what was quarantined in an attempt, in place of what the same attempt kept before. */
    public void quarantine(Window window, int attempt, Iterator<Rejected> records) {
        change(
                window,
                KEPT,
                "delete from tidemark_quarantine" + OF_WINDOW + " and attempt = ?",
                key(window, attempt));
        long[] ordinal = {0};
        keep(
                window,
                KEPT + 1,
                "insert into tidemark_quarantine (job, function_urn, window_from, window_to, attempt, ordinal, reason, raw) values (?, ?, ?, ?, ?, ?, ?, ?)",
                records,
                record ->
                        with(
                                key(window, attempt),
                                List.of(ordinal[0]++, record.reason(), record.raw())));
    }

    /** Keeps which records were still open in an attempt, to ask for them by their ids. */
    public void open(Window window, int attempt, Iterator<OpenRecord> records) {
        change(
                window,
                KEPT + 2,
                "delete from tidemark_open" + OF_WINDOW + " and attempt = ?",
                key(window, attempt));
        keep(
                window,
                KEPT + 3,
                "insert into tidemark_open (job, function_urn, window_from, window_to, attempt, request_id, status) values (?, ?, ?, ?, ?, ?, ?)",
                records,
                record -> with(key(window, attempt), List.of(record.id(), record.state())));
    }

    /** There may be many: what is written does not wait for the last of them. */
    private <T> void keep(
            Window window,
            int kind,
            String sql,
            Iterator<T> records,
            Function<T, List<@Nullable Object>> values) {
        for (int added = 1; records.hasNext(); added++) {
            change(window, kind, sql, values.apply(records.next()));
            if (added % BATCH == 0) {
                group().makeRoom();
            }
        }
    }

    /**
     * The window stands in every sink: the attempt becomes the exported one, and earlier ones are
     * forgotten.
     */
    public void exported(Window window, Entry.Export exported) {
        group().together(() -> {
            OptionalLong counted = exported.sourceCount();
            change(
                    window,
                    EXPORTED,
                    "update tidemark_window set exported_attempt = ?, exported_at = ?, records = ?, open_records = ?, quarantined = ?, source_count = ?, verdict = ?, verdict_reason = ?, source_identity = ?, attempt_number = null, attempt_since = null, attempt_failure = null"
                            + OF_WINDOW,
                    with(
                            Arrays.asList(
                                    exported.attempt(),
                                    utc(exported.at()),
                                    exported.records(),
                                    exported.open(),
                                    exported.quarantined(),
                                    counted.isPresent() ? counted.getAsLong() : null,
                                    exported.verdict().kind().name(),
                                    exported.verdict().reason(),
                                    exported.sourceIdentity().toText()),
                            key(window)));
            if (exported.attempt() > 1) {
                int kind = EXPORTED;
                for (String table :
                        List.of("tidemark_receipt", "tidemark_quarantine", "tidemark_open")) {
                    change(
                            window,
                            ++kind,
                            "delete from " + table + OF_WINDOW + " and attempt < ?",
                            key(window, exported.attempt()));
                }
            }
        });
    }

    /** Drops what is known of a window. What was exported stays where it is. */
    public void forget(Window window) {
        group().together(() -> {
            int kind = EXPORTED;
            for (String table :
                    List.of(
                            "tidemark_window",
                            "tidemark_receipt",
                            "tidemark_quarantine",
                            "tidemark_open")) {
                change(window, ++kind, "delete from " + table + OF_WINDOW, key(window));
            }
        });
        group().makeRoom();
    }

    private void change(
            Object subject, int kind, String sql, List<? extends @Nullable Object> values) {
        group().change(subject, kind, sql, values.toArray());
    }

    private GroupCommit group() {
        if (group == null) {
            throw new IllegalStateException("this ledger was opened for reading");
        }
        return group;
    }

    private static Receipt receipt(ResultSet row) throws SQLException {
        return new Receipt(
                row.getString("sink"),
                row.getString("place"),
                row.getLong("row_count"),
                row.getObject("byte_count", Long.class),
                row.getString("sha256"));
    }

    private Entry entry(ResultSet row) throws SQLException {
        Window window =
                new Window(
                        feeds.apply(row.getString("function_urn")),
                        new TimeRange(instant(row, "window_from"), instant(row, "window_to")));
        return new Entry(window, exported(row), attempt(row));
    }

    private static Optional<Entry.Export> exported(ResultSet row) throws SQLException {
        Integer attempt = row.getObject("exported_attempt", Integer.class);
        if (attempt == null) {
            return Optional.empty();
        }
        Long sourceCount = row.getObject("source_count", Long.class);
        return Optional.of(
                new Entry.Export(
                        attempt,
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
        Integer attempt = row.getObject("attempt_number", Integer.class);
        return attempt == null
                ? Optional.empty()
                : Optional.of(
                        new Entry.Attempt(
                                attempt,
                                instant(row, "attempt_since"),
                                Optional.ofNullable(row.getString("attempt_failure")),
                                SourceIdentity.ofText(row.getString("attempt_identity"))));
    }

    private List<Object> key(Window window) {
        return List.of(job, window.feed().id(), utc(window.from()), utc(window.to()));
    }

    private List<@Nullable Object> key(Window window, int attempt) {
        return with(key(window), List.of(attempt));
    }

    private static List<@Nullable Object> with(
            List<? extends @Nullable Object> first, List<? extends @Nullable Object> then) {
        List<@Nullable Object> all = new ArrayList<>(first);
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
