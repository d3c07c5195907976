package io.tidemark.sink.postgres;

import static io.tidemark.sink.Fixtures.FUNCTION;
import static io.tidemark.sink.Fixtures.NOV_21;
import static io.tidemark.sink.Fixtures.NOV_22;
import static io.tidemark.sink.Fixtures.failed;
import static io.tidemark.sink.Fixtures.row;
import static io.tidemark.sink.Fixtures.running;
import static io.tidemark.sink.Fixtures.succeeded;
import static io.tidemark.sink.Fixtures.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidemark.job.Secret;
import io.tidemark.job.SinkSpec;
import io.tidemark.sandbox.FunctionUrn;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sandbox.InvocationStatus;
import io.tidemark.sink.Fixtures;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkContract;
import io.tidemark.sink.SinkException;
import io.tidemark.sink.Sinks;
import io.tidemark.sink.Thoroughness;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.Records;
import io.tidemark.testing.Rows;
import io.tidemark.window.Window;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PostgresSinkTest extends SinkContract {
    private static final String PASSWORD = "canary-7c1f";
    private PostgresForTests.Database database;

    @BeforeEach
    @Override
    protected void open() throws Exception {
        database = PostgresForTests.fresh();
        super.open();
    }

    @Override
    public SinkSpec place() {
        return table("async_invocations");
    }

    private SinkSpec table(String table) {
        return spec(database.url(), database.username(), database.password(), table);
    }

    private static SinkSpec spec(String url, String user, String password, String table) {
        return new SinkSpec.Postgres(
                url, Optional.of(user), Optional.of(Secret.of(password)), table);
    }

    @Override
    public SinkSpec unusablePlace() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return spec(
                    "jdbc:postgresql://localhost:" + free.getLocalPort() + "/audit",
                    "tidemark",
                    PASSWORD,
                    "async_invocations");
        }
    }

    @Override
    public List<List<@Nullable Object>> standing() throws Exception {
        if (traces().isEmpty()) {
            return List.of();
        }
        return Rows.of(
                database,
                """
                SELECT function_urn, region, project_id, package, function_name, version,
                       request_id, status, raw_status, error_code, error_message,
                       (extract(epoch FROM start_time) * 1000000)::bigint,
                       (extract(epoch FROM end_time) * 1000000)::bigint, duration_ms
                FROM async_invocations ORDER BY request_id
                """);
    }

    @Override
    public List<String> traces() throws Exception {
        return Rows.of(
                        database,
                        """
                        SELECT nspname || '.' || relname FROM pg_class
                        JOIN pg_namespace n ON n.oid = relnamespace
                        WHERE nspname NOT LIKE 'pg\\_toast%'
                          AND nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
                        """)
                .stream()
                .map(row -> String.valueOf(row.getFirst()))
                .toList();
    }

    /** With the place of each row on disk: a row that was written again has moved. */
    @Override
    public List<List<@Nullable Object>> content() throws Exception {
        return Rows.of(database, "SELECT ctid::text, t::text FROM async_invocations t ORDER BY 1");
    }

    @Override
    public void lose(Window window) throws Exception {
        database.execute(
                "DELETE FROM async_invocations WHERE start_time = '%s'".formatted(window.from()));
    }

    @Override
    public void loseAll() throws Exception {
        database.execute("DROP TABLE async_invocations");
    }

    private Receipt publish(Invocation... records) throws Exception {
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            return Fixtures.publish(sink, NOV_21, 1, List.of(records).iterator());
        }
    }

    private void checkIsRefused(SinkSpec spec, String... says) throws Exception {
        List<String> before = traces();
        try (Sink sink = Sinks.open(spec, Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            assertThatThrownBy(() -> sink.check(List.of(Records.feed(FUNCTION))))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContainingAll(says)
                    .hasMessageNotContaining(PASSWORD);
            assertThatThrownBy(() ->
                            Fixtures.publish(sink, NOV_21, 1, List.of(succeeded("a")).iterator()))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContainingAll(says)
                    .hasMessageNotContaining(PASSWORD);
        }
        assertThat(traces()).isEqualTo(before);
    }

    // which rows stand in the table

    @Test
    void rowsThatAWindowNoLongerListsStay() throws Exception {
        publish(succeeded("a"), succeeded("b"));

        assertThat(publish(succeeded("b")).rows()).isEqualTo(1);
        assertThat(standing()).containsExactly(row(succeeded("a")), row(succeeded("b")));
    }

    @Test
    void aStateIsNeverReplacedByAnOlderOne() throws Exception {
        List<Invocation> byAge = List.of(waiting("a"), running("a"), unknown("a"), succeeded("a"));
        for (Invocation newer : byAge) {
            publish(newer);
            for (Invocation older : byAge.subList(0, byAge.indexOf(newer))) {
                assertThat(publish(older).rows()).isEqualTo(1);
            }
            assertThat(standing()).containsExactly(row(newer));
        }
    }

    private static Invocation unknown(String id) {
        return new Invocation(
                FUNCTION, id, InvocationStatus.UNKNOWN, "PAUSED", null, null, null, null);
    }

    @Test
    void ofTwoStatesEquallyFarTheOneThatWasReadLastStands() throws Exception {
        publish(succeeded("a"));
        publish(failed("a", "after all"));

        assertThat(standing()).containsExactly(row(failed("a", "after all")));
    }

    @Test
    void rowsThatDidNotChangeAreNotWrittenAgain() throws Exception {
        publish(succeeded("a"), waiting("b"));
        List<List<@Nullable Object>> before = content();

        publish(succeeded("a"), succeeded("b"));

        assertThat(content()).contains(before.get(0)).doesNotContain(before.get(1));
    }

    @Test
    void aTableThatKeepsRowsOutFailsTheWindow() throws Exception {
        publish();
        database.execute(
                """
                CREATE FUNCTION keep_out() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN IF new.request_id = 'b' THEN RETURN NULL; END IF; RETURN new; END $$;
                CREATE TRIGGER keep_out BEFORE INSERT ON async_invocations
                FOR EACH ROW EXECUTE FUNCTION keep_out()
                """);

        assertThatThrownBy(() -> publish(succeeded("a"), succeeded("b")))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("only 1 of the window's 2 rows")
                .hasMessageContaining("trigger");
        assertThat(standing()).isEmpty();
    }

    @Test
    void windowsThatHoldTheSameKeysWaitForEachOtherAndNeverForever() throws Exception {
        publish();
        List<Invocation> there = records(2_000);
        List<Invocation> back = new ArrayList<>(there);
        Collections.reverse(back);
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Receipt>> receipts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                receipts.add(
                        threads.submit(() -> Fixtures.publish(sink, NOV_21, 1, there.iterator())));
                receipts.add(
                        threads.submit(() -> Fixtures.publish(sink, NOV_22, 1, back.iterator())));
            }
            for (Future<Receipt> receipt : receipts) {
                assertThat(receipt.get().rows()).isEqualTo(2_000);
            }
        }
        assertThat(standing()).hasSize(2_000);
    }

    @Test
    void aConnectionThatTheServerClosedInBetweenIsReplaced() throws Exception {
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            Fixtures.publish(sink, NOV_21, 1, List.of(succeeded("a")).iterator());
            database.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tidemark' AND datname = current_database()");

            Fixtures.publish(sink, NOV_22, 1, List.of(succeeded("b")).iterator());
        }
        assertThat(standing()).hasSize(2);
    }

    // the receipt

    @Test
    void theReceiptStandsBesideTheRows() throws Exception {
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneId.of("Asia/Tokyo"))) {
            Fixtures.publish(sink, NOV_21, 1, List.of(succeeded("a")).iterator());
            Fixtures.publish(sink, NOV_21, 3, List.of(succeeded("a"), succeeded("b")).iterator());
            Fixtures.publish(sink, NOV_22, 1, List.<Invocation>of().iterator());
        }

        assertThat(
                        Rows.of(
                                database,
                                """
                                SELECT table_name, job, function_urn,
                                       to_char(window_from AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
                                       to_char(window_to AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
                                       window_date::text, generation, row_count
                                FROM tidemark_receipts ORDER BY window_from
                                """))
                .containsExactly(
                        List.of(
                                "async_invocations",
                                "nightly",
                                FUNCTION.toString(),
                                "2026-11-21 00:00",
                                "2026-11-22 00:00",
                                "2026-11-21",
                                3,
                                2L),
                        List.of(
                                "async_invocations",
                                "nightly",
                                FUNCTION.toString(),
                                "2026-11-22 00:00",
                                "2026-11-23 00:00",
                                "2026-11-22",
                                1,
                                0L));
    }

    @Test
    void aWindowThatFailsLeavesNoReceipt() throws Exception {
        publish();
        Iterator<Invocation> broken =
                observed(
                        List.of(succeeded("b"), succeeded("c")),
                        () -> {
                            throw new IllegalStateException("the stage is gone");
                        });

        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            assertThatThrownBy(() -> Fixtures.publish(sink, NOV_21, 1, broken))
                    .isInstanceOf(RuntimeException.class);
        }

        assertThat(Rows.of(database, "SELECT row_count FROM tidemark_receipts"))
                .containsExactly(List.of(0L));
    }

    // drift

    private Map<Window, String> differences(Receipt receipt, Thoroughness thoroughness)
            throws Exception {
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            return sink.differences(new TreeMap<>(Map.of(NOV_21, receipt)), thoroughness);
        }
    }

    @Test
    void rowsThatAreMissingAreCounted() throws Exception {
        Receipt receipt = publish(records(10).toArray(Invocation[]::new));
        database.execute("DELETE FROM async_invocations WHERE request_id < 'id-000003'");

        assertThat(differences(receipt, Thoroughness.GLANCE))
                .containsExactly(Map.entry(NOV_21, "3 of 10 rows are missing"));
    }

    @ParameterizedTest
    @EnumSource
    void rowsOfOthersAreNoDifference(Thoroughness thoroughness) throws Exception {
        Receipt receipt = publish(succeeded("a"), succeeded("b"));
        try (Sink other = Sinks.open(place(), Records.SCHEMA, "audit", ZoneOffset.UTC)) {
            Fixtures.publish(other, NOV_21, 1, List.of(failed("c", "no")).iterator());
        }

        assertThat(differences(receipt, thoroughness)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aRecordThatStartsInALaterWindowAfterAllIsNoneOfThisOne(Thoroughness thoroughness)
            throws Exception {
        publish(succeeded("a"), running("b"));
        Invocation late = succeeded("b", NOV_22.from());
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            Receipt next = Fixtures.publish(sink, NOV_22, 1, List.of(late).iterator());
            // read again with what it still listed then: the row keeps its newer state
            Receipt again =
                    Fixtures.publish(
                            sink, NOV_21, 2, List.of(succeeded("a"), running("b")).iterator());

            assertThat(again.rows()).isEqualTo(2);
            assertThat(
                            sink.differences(
                                    new TreeMap<>(Map.of(NOV_21, again, NOV_22, next)),
                                    thoroughness))
                    .isEmpty();
        }
    }

    @Test
    void replacedKeysDifferOnASecondLook() throws Exception {
        Receipt receipt = publish(succeeded("a"), succeeded("b"), succeeded("c"));
        database.execute("UPDATE async_invocations SET request_id = 'x' WHERE request_id = 'b'");

        assertThat(differences(receipt, Thoroughness.GLANCE)).isEmpty();
        assertThat(differences(receipt, Thoroughness.EVERY_BYTE))
                .containsExactly(
                        Map.entry(
                                NOV_21,
                                "rows were replaced: there are 3, and not all with the keys that were published"));
    }

    @Test
    void theKeysOfAReceiptAreTheSumOfSixtyBitsOfTheirHashes() throws Exception {
        publish(succeeded("a"), failed("größe", "no"), waiting("undated"));

        BigInteger sum = BigInteger.ZERO;
        for (String id : List.of("a", "größe")) {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(id.getBytes(StandardCharsets.UTF_8));
            sum = sum.add(new BigInteger(1, hash).shiftRight(256 - 60));
        }
        assertThat(
                        Rows.of(
                                database,
                                "SELECT row_count, rows_inside, keys_inside FROM tidemark_receipts"))
                .containsExactly(List.of(3L, 2L, new BigDecimal(sum)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    DROP TABLE tidemark_receipts             | the table public.tidemark_receipts is missing
                    DELETE FROM tidemark_receipts            | the window is missing from tidemark_receipts
                    UPDATE tidemark_receipts SET row_count=0 | tidemark_receipts has the window with 0 rows, its receipt says 1
                    ALTER TABLE async_invocations RENAME TO x| the table public.async_invocations is missing
                    """)
    void aTableThatDoesNotKnowTheWindowDiffers(String change, String says) throws Exception {
        Receipt receipt = publish(succeeded("a"));
        database.execute(change);

        assertThat(differences(receipt, Thoroughness.GLANCE))
                .containsExactly(Map.entry(NOV_21, says));
    }

    @Test
    void rowsAreFoundUnderEverySpellingOfTheirFunction() throws Exception {
        Receipt receipt = publish(succeeded("a"));
        Window canonical =
                new Window(Records.feed(FunctionUrn.of(FUNCTION.canonical())), NOV_21.range());
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            SortedMap<Window, Receipt> receipts = new TreeMap<>(Map.of(canonical, receipt));
            assertThat(sink.differences(receipts, Thoroughness.EVERY_BYTE)).isEmpty();

            database.execute("DELETE FROM async_invocations");
            assertThat(sink.differences(receipts, Thoroughness.EVERY_BYTE))
                    .containsExactly(Map.entry(NOV_21, "1 of 1 rows is missing"));
        }
    }

    @Test
    void receiptsOfAnOlderVersionAreReadAndBroughtUpToDate() throws Exception {
        Receipt receipt = publish(succeeded("a"));
        database.execute(
                """
                ALTER TABLE tidemark_receipts DROP rows_inside, DROP keys_inside;
                DELETE FROM async_invocations
                """);

        // nobody knows how many there should be
        assertThat(differences(receipt, Thoroughness.EVERY_BYTE)).isEmpty();

        publish(succeeded("a"));
        database.execute("DELETE FROM async_invocations");
        assertThat(differences(receipt, Thoroughness.EVERY_BYTE)).isNotEmpty();
    }

    @Test
    void lookingNeedsNoMoreThanToSelect() throws Exception {
        Receipt receipt = publish(succeeded("a"));
        database.execute(
                """
                DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN PASSWORD '%s';
                GRANT SELECT ON async_invocations, tidemark_receipts TO reader
                """
                        .formatted(PASSWORD));
        SinkSpec reader = spec(database.url(), "reader", PASSWORD, "async_invocations");
        try (Sink sink = Sinks.open(reader, Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            assertThat(
                            sink.differences(
                                    new TreeMap<>(Map.of(NOV_21, receipt)),
                                    Thoroughness.EVERY_BYTE))
                    .isEmpty();
        }
    }

    @Test
    void windowsOfSeveralFunctionsAreNotComparedAtOnce() throws Exception {
        Receipt receipt = publish(succeeded("a"));
        Window other =
                new Window(
                        Records.feed(FunctionUrn.of("urn:fss:eu-de:p1:function:default:mail")),
                        NOV_21.range());
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            assertThatThrownBy(() ->
                            sink.differences(
                                    Map.of(NOV_21, receipt, other, receipt), Thoroughness.GLANCE))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void rowsCannotBeReadAsAWindow() throws Exception {
        try (Sink sink = Sinks.open(place(), Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            Receipt receipt = Fixtures.publish(sink, NOV_21, 1, List.of(succeeded("a")).iterator());

            assertThat(sink.read(NOV_21, receipt)).isEmpty();
        }
    }

    // which table

    @Test
    void theTableThatIsMadeIsTheOneOfTheContract() throws Exception {
        publish(succeeded("a"));

        assertThat(
                        Rows.of(
                                database,
                                """
                                SELECT column_name, data_type, is_nullable, collation_name
                                FROM information_schema.columns
                                WHERE table_name = 'async_invocations' ORDER BY ordinal_position
                                """))
                .extracting(
                        row -> row.stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .containsExactly(
                        "function_urn text NO C",
                        "region text NO C",
                        "project_id text NO C",
                        "package text NO C",
                        "function_name text NO C",
                        "version text NO C",
                        "request_id text NO C",
                        "status text NO C",
                        "raw_status text NO C",
                        "error_code bigint YES null",
                        "error_message text YES null",
                        "start_time timestamp with time zone YES null",
                        "end_time timestamp with time zone YES null",
                        "duration_ms bigint YES null");
        assertThat(
                        Rows.of(
                                database,
                                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'async_invocations'::regclass AND contype = 'p'"))
                .containsExactly(List.of("PRIMARY KEY (function_urn, request_id)"));
    }

    @Test
    void severalThatPublishFirstMakeTheTableOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Receipt>> receipts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Invocation record = succeeded("id-" + i);
                receipts.add(threads.submit(() -> publish(record)));
            }
            for (Future<Receipt> receipt : receipts) {
                assertThat(receipt.get().rows()).isEqualTo(1);
            }
        }
        assertThat(standing()).hasSize(4);
    }

    @Test
    void aTableInASchemaHasItsReceiptsThere() throws Exception {
        database.execute("CREATE SCHEMA \"Audit\"");
        try (Sink sink =
                Sinks.open(
                        table("Audit.odd \"name\n; --"),
                        Records.SCHEMA,
                        "nightly",
                        ZoneOffset.UTC)) {
            sink.check(List.of(Records.feed(FUNCTION)));
            Fixtures.publish(sink, NOV_21, 1, List.of(succeeded("a")).iterator());
        }

        assertThat(traces())
                .contains("Audit.odd \"name\n; --", "Audit.tidemark_receipts")
                .noneMatch(name -> name.startsWith("public."));
        assertThat(Rows.of(database, "SELECT table_name FROM \"Audit\".tidemark_receipts"))
                .containsExactly(List.of("odd \"name\n; --"));
    }

    @Test
    void aTableWithColumnsOfItsOwnFits() throws Exception {
        publish();
        database.execute(
                """
                ALTER TABLE async_invocations ADD note text;
                ALTER TABLE async_invocations ADD loaded timestamptz NOT NULL DEFAULT now();
                ALTER TABLE async_invocations ADD n bigint GENERATED ALWAYS AS IDENTITY;
                ALTER TABLE async_invocations ADD slow boolean GENERATED ALWAYS AS (duration_ms > 1000) STORED
                """);

        assertThat(publish(succeeded("a")).rows()).isEqualTo(1);
        assertThat(Rows.of(database, "SELECT note IS NULL, n, slow FROM async_invocations"))
                .containsExactly(List.of(true, 1L, true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    DROP COLUMN region                     | column region: expected text, found nothing
                    ALTER error_code TYPE text             | column error_code: expected bigint, found text
                    ALTER start_time TYPE timestamp        | column start_time: expected timestamp with time zone, found timestamp without time zone
                    ALTER error_message SET NOT NULL       | column error_message: expected one that may be null, found not null
                    ADD owner text NOT NULL                | column owner: expected no such column
                    DROP CONSTRAINT async_invocations_pkey | primary key: expected (function_urn, request_id), found none
                    """)
    void aTableThatDoesNotFitIsRefusedWithTheDifferenceAndNeverAltered(String change, String says)
            throws Exception {
        publish();
        database.execute("ALTER TABLE async_invocations " + change);
        database.execute("DROP TABLE tidemark_receipts");

        checkIsRefused(
                place(), "public.async_invocations does not fit", says, "Tidemark never alters");
    }

    @Test
    void aRefusalNamesEveryDifferenceAtOnce() throws Exception {
        database.execute(
                "CREATE TABLE async_invocations (request_id text PRIMARY KEY, status int)");

        checkIsRefused(
                place(),
                "column function_urn: expected text, found nothing; ",
                "; column status: expected text, found integer; ",
                "; primary key: expected (function_urn, request_id), found (request_id)");
    }

    @Test
    void aViewIsRefused() throws Exception {
        database.execute("CREATE VIEW async_invocations AS SELECT 1 AS request_id");

        checkIsRefused(place(), "expected a table, found a view");
    }

    // servers that refuse

    @Test
    void aServerThatIsNotThereIsNamedWithoutCredentials() throws Exception {
        checkIsRefused(
                unusablePlace(),
                "jdbc:postgresql://localhost:",
                "/audit, table async_invocations: no connection",
                "See that the server runs");
    }

    @Test
    void anUnknownDatabaseIsNamed() throws Exception {
        checkIsRefused(
                spec(
                        database.url().replaceFirst("/test_\\d+", "/nowhere"),
                        database.username(),
                        database.password(),
                        "t"),
                "database \"nowhere\" does not exist",
                "Create the database");
    }

    @Test
    void aWrongPasswordIsSaidAndNotShown() throws Exception {
        database.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'");
        // a server for tests may trust everybody
        database.execute(
                """
                DO $$ BEGIN
                    EXECUTE format(
                        'COPY (SELECT unnest(%L::text[])) TO %L',
                        ARRAY['host all guarded all scram-sha-256']
                            || string_to_array(pg_read_file(current_setting('hba_file')), E'\n'),
                        current_setting('hba_file'));
                    PERFORM pg_reload_conf();
                END $$
                """);
        SinkSpec wrong = spec(database.url(), "guarded", PASSWORD, "t");
        await().untilAsserted(() ->
                checkIsRefused(
                        wrong,
                        "the server refuses the user guarded or the password",
                        "Set username and password"));
    }

    @Test
    void anUnknownUserIsSaid() throws Exception {
        checkIsRefused(
                spec(database.url(), "nobody", PASSWORD, "t"),
                "the server refuses the user nobody or the password",
                "Set username and password");
    }

    @Test
    void anUnknownSchemaIsNamed() throws Exception {
        checkIsRefused(
                table("nowhere.t"), "schema \"nowhere\" does not exist", "Create the schema");
    }

    @Test
    void missingPrivilegesAreNamed() throws Exception {
        publish();
        database.execute(
                "DROP ROLE IF EXISTS clerk; CREATE ROLE clerk LOGIN PASSWORD '" + PASSWORD + "'");
        SinkSpec clerk = spec(database.url(), "clerk", PASSWORD, "async_invocations");

        checkIsRefused(clerk, "this user may not SELECT on public.async_invocations", "GRANT");
        database.execute("GRANT SELECT, INSERT, UPDATE ON async_invocations TO clerk");
        checkIsRefused(clerk, "this user may not SELECT on public.tidemark_receipts");
        database.execute("GRANT SELECT, INSERT, UPDATE ON tidemark_receipts TO clerk");
        try (Sink sink = Sinks.open(clerk, Records.SCHEMA, "nightly", ZoneOffset.UTC)) {
            sink.check(List.of(Records.feed(FUNCTION)));
            assertThat(Fixtures.publish(sink, NOV_21, 1, List.of(succeeded("a")).iterator()).rows())
                    .isEqualTo(1);
        }
        checkIsRefused(
                spec(database.url(), "clerk", PASSWORD, "another"),
                "permission denied for schema public",
                "CREATE on the schema");
    }

    @Test
    void aUrlThatIsNoneOrHoldsAPasswordIsRefused() throws Exception {
        checkIsRefused(
                spec(database.url() + "?password=" + PASSWORD, "postgres", "x", "t"),
                "a url with a password in it");
        checkIsRefused(
                spec("jdbc:postgresql://me:" + PASSWORD + "@localhost/audit", "me", "x", "t"),
                "a url with a password in it");
        checkIsRefused(
                spec("jdbc:postgresql://localhost:543x/audit", "me", PASSWORD, "t"),
                "localhost:543x/audit",
                "no url",
                "jdbc:postgresql://host:port/database");
    }

    @Test
    void aSinkThatIsClosedHoldsNoConnection() throws Exception {
        publish(succeeded("a"));

        await().untilAsserted(() ->
                assertThat(
                                Rows.of(
                                        database,
                                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tidemark' AND datname = current_database()"))
                        .containsExactly(List.of(0L)));
    }
}
