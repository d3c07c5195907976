package io.tidemark.source.functiongraph;

import static io.tidemark.source.http.FakeCloud.EMPTY_PAGE;
import static io.tidemark.source.http.FakeCloud.says;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.job.Secret;
import io.tidemark.job.SourceSpec;
import io.tidemark.source.Failure.Reach;
import io.tidemark.source.http.Asked;
import io.tidemark.source.http.Call;
import io.tidemark.source.http.FakeCloud;
import io.tidemark.source.http.HeldClock;
import io.tidemark.source.http.Outcome;
import io.tidemark.source.http.RequestSignature;
import io.tidemark.source.http.Requests;
import io.tidemark.source.http.RetryPolicy;
import io.tidemark.source.http.Trouble;
import io.tidemark.window.TimeRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HttpApiTest {
    private static final FunctionUrn ORDERS =
            FunctionUrn.of("urn:fss:eu-de:p1:function:default:orders:!live");
    private static final TimeRange ASKED =
            new TimeRange(
                    Instant.parse("2026-10-31T23:59:59Z"), Instant.parse("2026-11-02T00:00:01Z"));
    private static final PageRequest REQUEST =
            new PageRequest(
                    ORDERS, ASKED, Optional.empty(), new Marker("500"), 100, Optional.empty());
    private static final SourceSpec.Auth TOKEN = new SourceSpec.Token(Secret.of("t0ken-canary"));
    private static final SourceSpec.Auth KEYS =
            new SourceSpec.AccessKey(
                    Secret.of("AKID"), Secret.of("sk-canary"), Optional.of(Secret.of("st-canary")));

    private final HeldClock clock = new HeldClock();
    private final List<Api> opened = new ArrayList<>();
    private FakeCloud cloud;

    @BeforeEach
    void start() throws IOException {
        cloud = new FakeCloud();
    }

    @AfterEach
    void stop() {
        opened.forEach(Api::close);
        cloud.close();
        assertThat(Thread.interrupted()).isFalse();
    }

    // what is asked

    @Test
    void asksForAPageAsTheApiWantsIt() {
        ok(open(TOKEN).page(REQUEST));

        FakeCloud.Heard heard = cloud.heard().getFirst();
        assertThat(heard.uri().getRawPath())
                .isEqualTo(
                        "/v2/p1/fgs/functions/"
                                + "urn%3Afss%3Aeu-de%3Ap1%3Afunction%3Adefault%3Aorders%3A%21live"
                                + "/async-invocations");
        assertThat(heard.uri().getRawQuery())
                .isEqualTo(
                        "marker=500&limit=100"
                                + "&query_begin_time=2026-10-31T23%3A59%3A59"
                                + "&query_end_time=2026-11-02T00%3A00%3A01");
        assertThat(heard.header("X-Auth-Token")).isEqualTo("t0ken-canary");
        assertThat(heard.header("Content-Type")).isEqualTo("application/json");
        assertThat(heard.header("Accept-Encoding")).isEqualTo("gzip");
    }

    @Test
    void asksForOneStatusAndOneId() {
        ok(
                open(TOKEN)
                        .page(
                                new PageRequest(
                                        ORDERS,
                                        ASKED,
                                        Optional.of("FAIL"),
                                        Marker.START,
                                        1,
                                        Optional.of("a/b c"))));

        assertThat(cloud.heard().getFirst().query())
                .containsEntry("status", "FAIL")
                .containsEntry("request_id", "a%2Fb%20c")
                .containsEntry("marker", "0");
    }

    @Test
    void readsOneStatusAfterTheOther() {
        assertThat(PageRequest.slices(List.of())).containsExactly(Optional.empty());
        assertThat(PageRequest.slices(List.of("WAIT", "RUNNING", "FAIL")))
                .containsExactly(Optional.of("WAIT"), Optional.of("RUNNING"), Optional.of("FAIL"));
    }

    // what is answered

    @Test
    void learnsWhatAFullPageIsWhereTheSourceClampsTheLimit() {
        cloud.then(says(200, page(2)), says(200, page(64)), says(200, page(10)));
        Api source = open(TOKEN);

        ok(source.page(REQUEST));
        assertThat(source.fullPage()).isEqualTo(2);
        ok(source.page(REQUEST));
        assertThat(source.fullPage()).isEqualTo(64);
        ok(source.page(REQUEST));
        assertThat(source.fullPage()).isEqualTo(64);
    }

    @Test
    void knowsAPageAgainByItsIds() {
        String two = "{\"invocations\":[{\"request_id\":\"%s\"},{\"request_id\":\"%s\"}]}";
        cloud.then(
                says(200, two.formatted("a", "b")),
                says(200, two.formatted("b", "a")),
                says(200, two.formatted("a", "c")),
                says(200, two.formatted("ab", "")));
        Api source = open(TOKEN);

        String seen = ok(source.page(REQUEST)).fingerprint();
        assertThat(ok(source.page(REQUEST)).fingerprint()).isEqualTo(seen);
        assertThat(ok(source.page(REQUEST)).fingerprint()).isNotEqualTo(seen);
        assertThat(ok(source.page(REQUEST)).fingerprint()).isNotEqualTo(seen);
    }

    @Test
    void unpacksAPackedAnswer() throws IOException {
        cloud.then(says(200, packed(page(3).getBytes(UTF_8)), "Content-Encoding", "gzip"));

        assertThat(ok(open(TOKEN).page(REQUEST)).size()).isEqualTo(3);
    }

    @Test
    void takesNoMoreThanItsBoundPackedOrNot() throws IOException {
        byte[] body = new byte[5000];
        Arrays.fill(body, (byte) ' ');
        cloud.then(
                says(200, body),
                says(200, packed(body), "Content-Encoding", "gzip"),
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(body);
                });
        Api source = open(TOKEN);

        for (int i = 0; i < 3; i++) {
            Trouble failure = failure(source.page(REQUEST));
            assertThat(failure).extracting(Trouble::kind).isEqualTo(Trouble.Kind.TOO_LARGE);
            assertThat(failure.reach()).isEqualTo(Reach.WINDOW);
            assertThat(failure.message())
                    .contains("one of more than 4096 bytes", "Lower source.page-size");
        }
        assertThat(cloud.heard()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageOfAnySizeWithinTheBoundPassesWhole(boolean packs) throws IOException {
        // three bytes each, so that some stand across whatever blocks they are read in
        String message = "\u20ac".repeat(7_000_000);
        byte[] body =
                "{\"invocations\":[{\"request_id\":\"r\",\"error_message\":\"%s\"}]}"
                        .formatted(message)
                        .getBytes(UTF_8);
        cloud.then(packs ? says(200, packed(body), "Content-Encoding", "gzip") : says(200, body));

        RawPage page = ok(open(TOKEN, RetryPolicy.USUAL).page(REQUEST));

        assertThat(page.json(0).contains(message)).isTrue();
    }

    @Test
    void connectionsAreUsedAgain() throws Exception {
        Api source = open(TOKEN);
        for (int i = 0; i < 20; i++) {
            cloud.then(i % 3 == 0 ? says(500, "no") : says(200, EMPTY_PAGE));
        }
        for (int i = 0; i < 10; i++) {
            ok(source.page(REQUEST));
        }
        assertThat(cloud.heard()).hasSizeGreaterThan(14);
        assertThat(cloud.heard())
                .extracting(FakeCloud.Heard::connection)
                .containsOnly(cloud.heard().getFirst().connection());

        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            List<Future<Outcome<RawPage>>> answers =
                    IntStream.range(0, 80)
                            .mapToObj(i -> pool.submit(() -> source.page(REQUEST)))
                            .toList();
            for (Future<Outcome<RawPage>> answer : answers) {
                ok(answer.get());
            }
        }
        assertThat(cloud.heard())
                .extracting(FakeCloud.Heard::connection)
                .satisfies(all -> assertThat(Set.copyOf(all)).hasSizeLessThanOrEqualTo(8));
    }

    @Test
    void asMuchIsTakenAsTheHeapCanHold() {
        assertThat(RetryPolicy.USUAL.within(16L << 30, 4).bodyBytes()).isEqualTo(64 << 20);
        assertThat(RetryPolicy.USUAL.within(320L << 20, 4).bodyBytes()).isEqualTo(10 << 20);
    }

    // the list of functions

    @ParameterizedTest
    @ValueSource(strings = {"null", "0", "3", "\"5\""})
    void listsEveryFunctionOnceAndSorted(String lastMarker) {
        cloud.then(
                says(200, functions("2", "b", "a")),
                says(200, functions("4", "c", "a")),
                says(200, functions(lastMarker, "d")),
                says(200, functions("null")));

        assertThat(ok(open(TOKEN).functions()))
                .extracting(FunctionUrn::functionName)
                .containsExactly("a", "b", "c", "d");
        assertThat(cloud.heard().getFirst().uri().getRawPath()).isEqualTo("/v2/p1/fgs/functions");
        assertThat(cloud.heard())
                .extracting(heard -> heard.query().get("marker"))
                .startsWith("0", "2", "4");
        assertThat(cloud.heard().getFirst().query()).containsEntry("maxitems", "400");
    }

    @Test
    void endsTheListWhereItRepeatsItself() {
        cloud.then(says(200, functions("2", "b", "a")), says(200, functions("4", "b", "a")));

        assertThat(ok(open(TOKEN).functions())).hasSize(2);
        assertThat(cloud.heard()).hasSize(2);
    }

    @Test
    void endsTheListWhereItsMarkerIsRefused() {
        cloud.then(says(200, functions("2", "b", "a")), says(400, error("FSS.0400", "marker")));

        assertThat(ok(open(TOKEN).functions())).hasSize(2);
    }

    @Test
    void passesOverNoFunctionInSilence() {
        cloud.then(says(200, "{\"functions\":[{\"func_name\":\"x\"}]}"));

        assertThat(failure(open(TOKEN).functions()).message())
                .contains("a function without a func_urn");
    }

    // whether anything is recorded

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "200, {\"enable_async_status_log\":true}, true",
                "200, {\"enable_async_status_log\":\"false\"}, false",
                "200, {}, ",
                "404, {\"error_code\":\"FSS.0404\"}, ",
            })
    void tellsWhetherAnythingIsRecorded(int status, String body, Boolean recorded) {
        cloud.then(says(status, body));

        assertThat(ok(open(TOKEN).recordsStatuses(ORDERS)))
                .isEqualTo(Optional.ofNullable(recorded));
        assertThat(cloud.heard().getFirst().uri().getRawPath()).endsWith("/async-invoke-config");
    }

    // failures: the table of the API

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "400, FSS.0400,   REJECTED,         FEED, 1",
        "400, FSS.1309,   REJECTED,         FEED, 1",
        "422, ,           REJECTED,         FEED, 1",
        "401, APIGW.0301, UNKNOWN_CALLER,   RUN,      1",
        "401, ,           UNKNOWN_CALLER,   RUN,      1",
        "403, FSS.0403,   FORBIDDEN,        FEED, 1",
        "407, ,           NO_PROXY,         RUN,      1",
        "404, FSS.0404,   NO_SUCH_FUNCTION, FEED, 1",
        "404, FSS.1051,   NO_SUCH_FUNCTION, FEED, 1",
        "404, APIGW.0101, WRONG_ENDPOINT,   RUN,      1",
        "404, ,           WRONG_ENDPOINT,   RUN,      1",
        "302, ,           WRONG_ENDPOINT,   RUN,      1",
        "500, FSS.0500,   UNAVAILABLE,      WINDOW,   4",
        "503, FSS.0503,   UNAVAILABLE,      WINDOW,   4",
        "504, ,           UNAVAILABLE,      WINDOW,   4",
        "500, APIGW.0308, THROTTLED,        RUN,      ",
        "429, FSS.0429,   THROTTLED,        RUN,      ",
        "408, FSS.0408,   THROTTLED,        RUN,      ",
    })
    void failsAsTheTableSays(
            int status, String code, String failure, Reach scope, Integer attempts) {
        cloud.then(says(status, code == null ? "<html>" : error(code, "so it is")));

        Trouble actual = failure(open(TOKEN).page(REQUEST));

        assertThat(actual.kind()).isEqualTo(Trouble.Kind.valueOf(failure));
        assertThat(actual.reach()).isEqualTo(scope);
        assertThat(actual.circumstances().status()).hasValue(status);
        assertThat(actual.circumstances().code()).isEqualTo(code == null ? "" : code);
        assertThat(actual.message())
                .contains(
                        ORDERS.toString(),
                        "2026-10-31T23:59:59Z and 2026-11-02T00:00:01Z",
                        "marker 500",
                        String.valueOf(status),
                        code == null ? "HTML instead of JSON" : code + ": so it is.");
        if (attempts != null) {
            assertThat(cloud.heard()).hasSize(attempts);
            assertThat(actual.circumstances().attempts()).isEqualTo(attempts);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "{\"invocations\":[{\"request_id\":\"a\"}", "{}", "[]"})
    void repeatsAPageThatIsNone(String body) {
        cloud.then(says(200, body), says(200, page(1)));

        assertThat(ok(open(TOKEN).page(REQUEST)).size()).isEqualTo(1);
        assertThat(cloud.heard()).hasSize(2);
    }

    @Test
    void repeatsAnAnswerThatBreaksOff() {
        cloud.then(
                exchange -> {
                    exchange.sendResponseHeaders(200, 1000);
                    exchange.getResponseBody().write(page(1).getBytes(UTF_8));
                },
                says(200, page(1)));

        assertThat(ok(open(TOKEN).page(REQUEST)).size()).isEqualTo(1);
    }

    @Test
    void repeatsAnAnswerThatDoesNotCome() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        cloud.then(
                exchange -> {
                    // the head in time, the body never: the whole request has a limit
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write('{');
                    exchange.getResponseBody().flush();
                    await(never);
                },
                says(200, page(1)));

        assertThat(ok(open(TOKEN, patience(Duration.ofMillis(300))).page(REQUEST)).size())
                .isEqualTo(1);
        never.countDown();
    }

    @Test
    void anAnswerThatDripsEndsWithTheTimeOfTheWholeRequest() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        cloud.then(
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    while (!dripped(never)) {
                        exchange.getResponseBody().write(' ');
                        exchange.getResponseBody().flush();
                    }
                },
                says(200, page(1)));

        assertThat(ok(open(TOKEN, patience(Duration.ofMillis(300))).page(REQUEST)).size())
                .isEqualTo(1);
        never.countDown();
    }

    @Test
    void namesAnAddressNobodyAnswersAt() throws IOException {
        int closed;
        try (ServerSocket port = new ServerSocket(0)) {
            closed = port.getLocalPort();
        }
        Trouble refused =
                failure(open(URI.create("http://127.0.0.1:" + closed), TOKEN).functions());

        assertThat(refused).extracting(Trouble::kind).isEqualTo(Trouble.Kind.UNREACHABLE);
        assertThat(refused.reach()).isEqualTo(Reach.RUN);
        assertThat(refused.message())
                .isEqualTo(
                        "The source cannot be reached. Asked for the list of functions at marker 0,"
                                + " 2 times, there was no answer: no connection to 127.0.0.1:"
                                + closed
                                + ". Check source.endpoint, the network and the proxy.");
        assertThat(failure(open(URI.create("http://no.such.host.invalid"), TOKEN).functions()))
                .extracting(Trouble::kind, unknown -> unknown.circumstances().said())
                .containsExactly(
                        Trouble.Kind.UNREACHABLE, "the name of no.such.host.invalid is not known");
    }

    @Test
    void goesOnLongerWhereSomethingHasAnsweredBefore() {
        Api source = open(TOKEN);
        ok(source.page(REQUEST));
        cloud.close();

        assertThat(failure(source.page(REQUEST)).circumstances().attempts()).isEqualTo(4);
    }

    // waiting

    @Test
    void backsOffExponentiallyWithJitterAndAFloor() {
        cloud.then(says(500, ""), says(503, "", "Retry-After", "0"), says(500, ""));
        failure(open(TOKEN).page(REQUEST));

        // half of 1, 2, 4 s, as the clock's chance is 0.5, and 100 ms each
        assertThat(clock.sleeps())
                .extracting(Duration::toMillis)
                .containsExactly(600L, 1100L, 2100L);
        RetryPolicy usual = RetryPolicy.USUAL;
        assertThat(usual.backoff(1, 0)).isEqualTo(usual.pause()).isPositive();
        assertThat(usual.backoff(60, 1)).isEqualTo(usual.longestBackoff().plus(usual.pause()));
    }

    @Test
    void waitsAsLongAsAFailingSourceAsksForWithinReason() {
        cloud.then(
                says(503, "", "Retry-After", "7"),
                says(503, "", "Retry-After", "86400"),
                says(200, page(1)));
        ok(open(TOKEN).page(REQUEST));

        assertThat(clock.sleeps()).extracting(Duration::toMillis).containsExactly(7000L, 30_000L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "5|5100",
                "Sun, 22 Nov 2026 12:01:00 GMT|60100",
                "Sun, 22 Nov 2026 11:00:00 GMT|600",
                "0|600",
                "soon|600",
                "-|600"
            })
    void waitsWhenItIsThrottled(String retryAfter, long millis) {
        cloud.then(
                retryAfter == null ? says(429, "") : says(429, "", "Retry-After", retryAfter),
                says(200, page(1)));

        ok(open(TOKEN).page(REQUEST));

        assertThat(clock.passed()).hasMillis(millis);
    }

    @Test
    void givesUpWhereItIsSentAwayForLongerThanItsPatience() {
        cloud.then(says(429, "", "Retry-After", "100"), says(429, "", "Retry-After", "1000"));

        assertThat(failure(open(TOKEN).page(REQUEST)).message())
                .startsWith(
                        "The source asks for fewer requests, also after a wait of 100 s,"
                                + " now for 1000 s. ")
                .endsWith("Lower source.requests-per-second, then apply again.");
        assertThat(cloud.heard()).hasSize(2);
    }

    @Test
    void throttlingHasABudgetOfItsOwn() {
        FakeCloud.Line throttled = says(429, "", "Retry-After", "30");
        for (int i = 0; i < 9; i++) {
            cloud.then(throttled);
        }
        cloud.then(says(500, ""), says(500, ""), says(500, ""), says(200, page(1)));

        ok(open(TOKEN).page(REQUEST));
        assertThat(cloud.heard()).hasSize(13);
    }

    @Test
    void keepsToTheQuotaTheSourceTells() {
        cloud.then(
                says(429, error("APIGW.0308", "Throttled by quota, limit:200,time:5 minute")),
                says(200, page(1)));
        Api source = open(TOKEN);
        ok(source.page(REQUEST));

        Duration before = clock.passed();
        ok(source.page(REQUEST));
        ok(source.page(REQUEST));
        // five minutes by 200
        assertThat(clock.passed().minus(before)).hasMillis(3000);
    }

    @Test
    void isPacedByOneBudget() {
        Api source = open(TOKEN);
        for (int i = 0; i < 5; i++) {
            ok(source.page(REQUEST));
        }
        ok(source.recordsStatuses(ORDERS));
        assertThat(clock.passed()).isZero();

        Api paced =
                new HttpApi(
                        at(cloud.address(), TOKEN),
                        Requests.open(
                                at(cloud.address(), TOKEN),
                                OptionalDouble.of(2),
                                1,
                                QUICK,
                                FakeCloud.STRAIGHT,
                                clock));
        opened.add(paced);
        ok(paced.page(REQUEST));
        ok(paced.recordsStatuses(ORDERS));
        ok(paced.page(REQUEST));
        assertThat(clock.passed()).hasMillis(1000);
    }

    @Test
    void stopsWhereverItIsInterrupted() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        cloud.then(exchange -> {
            asked.countDown();
            await(never);
        });
        Api source = open(TOKEN);

        Thread[] asking = new Thread[1];
        boolean[] marked = new boolean[1];
        try (ExecutorService one = Executors.newSingleThreadExecutor()) {
            Future<Outcome<RawPage>> answer =
                    one.submit(() -> {
                        asking[0] = Thread.currentThread();
                        Outcome<RawPage> stopped = source.page(REQUEST);
                        marked[0] = Thread.interrupted();
                        return stopped;
                    });
            asked.await();
            asking[0].interrupt();

            assertThat(failure(answer.get()))
                    .extracting(Trouble::kind)
                    .isEqualTo(Trouble.Kind.STOPPED);
        }
        never.countDown();
        assertThat(marked[0]).isTrue();

        // before it is sent
        Thread.currentThread().interrupt();
        Trouble stopped = failure(source.page(REQUEST));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(stopped.reach()).isEqualTo(Reach.RUN);
        assertThat(stopped.message()).startsWith("Stopped. ");
    }

    // authentication

    @Test
    void aRefusedTokenIsNotTriedTwice() {
        cloud.then(says(401, error("APIGW.0301", "token expires")));

        assertThat(failure(open(TOKEN).page(REQUEST)).message())
                .contains("The source denies access.", "Fetch a new token for source.auth.token");
        assertThat(cloud.heard()).hasSize(1);
    }

    @Test
    void fetchesATokenWhenItIsFirstNeededAndKeepsIt() {
        cloud.then(issues("T1", "2026-11-23T12:00:00.000000Z"), says(200, page(1)));
        Api source = open(password());
        ok(source.page(REQUEST));
        ok(source.page(REQUEST));

        assertThat(cloud.heard()).hasSize(3);
        FakeCloud.Heard iam = cloud.heard().get(0);
        assertThat(iam.method() + " " + iam.uri()).isEqualTo("POST /iam/v3/auth/tokens");
        assertThat(iam.header("X-Auth-Token")).isNull();
        assertThat(iam.body())
                .isEqualTo(
                        "{\"auth\":{\"identity\":{\"methods\":[\"password\"],"
                                + "\"password\":{\"user\":{\"name\":\"u\\\"1\","
                                + "\"password\":\"pw-canary\",\"domain\":{\"name\":\"d1\"}}}},"
                                + "\"scope\":{\"project\":{\"id\":\"p1\"}}}}");
        assertThat(cloud.heard().get(2).header("X-Auth-Token")).isEqualTo("T1");
    }

    @Test
    void renewsATokenAheadOfItsExpiry() {
        cloud.then(
                issues("T1", "2026-11-23T12:00:00Z"),
                says(200, page(1)),
                says(200, page(1)),
                issues("T2", "2026-11-24T12:00:00Z"),
                says(200, page(1)));
        Api source = open(password());
        ok(source.page(REQUEST));
        clock.pass(Duration.ofHours(24).minusMinutes(10).minusSeconds(1));
        ok(source.page(REQUEST));
        clock.pass(Duration.ofSeconds(1));
        ok(source.page(REQUEST));

        assertThat(tokensHeard()).containsExactly("T1", "T1", "T2");
    }

    @Test
    void usesAShortTokenForHalfItsLifeAndStaysWithItWhileTheIdentityServiceFails() {
        cloud.then(
                issues("T1", "2026-11-22T12:10:00Z"),
                says(200, page(1)),
                says(200, page(1)),
                says(500, ""),
                says(500, ""),
                says(500, ""),
                says(500, ""),
                says(200, page(1)));
        Api source = open(password());
        ok(source.page(REQUEST));
        clock.pass(Duration.ofMinutes(5).minusSeconds(1));
        ok(source.page(REQUEST));
        assertThat(cloud.heard()).hasSize(3);
        clock.pass(Duration.ofSeconds(1));
        ok(source.page(REQUEST));

        assertThat(tokensHeard()).containsExactly("T1", "T1", "T1");
        clock.pass(Duration.ofMinutes(5));
        cloud.then(issues("T2", "2026-11-24T12:00:00Z"), says(200, page(1)));
        ok(source.page(REQUEST));
        assertThat(tokensHeard()).containsExactly("T1", "T1", "T1", "T2");
    }

    @ParameterizedTest
    @CsvSource({"401, APIGW.0301", "401, APIGW.0307", "403, FSS.0403"})
    void renewsARefusedTokenOnceAndRepeatsThePage(int status, String code) {
        cloud.then(
                issues("T1", "2026-11-23T12:00:00Z"),
                says(status, error(code, "invalid token")),
                issues("T2", "2026-11-23T12:00:00Z"),
                says(200, page(1)),
                says(status, error(code, "invalid token T2")),
                issues("T3", "2026-11-23T12:00:00Z"),
                says(status, error(code, "invalid token T3")));
        Api source = open(password());

        ok(source.page(REQUEST));
        Trouble second = failure(source.page(REQUEST));

        assertThat(tokensHeard()).containsExactly("T1", "T2", "T2", "T3");
        assertThat(cloud.heard()).hasSize(7);
        assertThat(second)
                .extracting(Trouble::kind)
                .isEqualTo(status == 403 ? Trouble.Kind.FORBIDDEN : Trouble.Kind.UNKNOWN_CALLER);
        assertThat(second.circumstances().said()).isEqualTo("invalid token ********");
    }

    @Test
    void oneRenewalServesAllThreads() throws Exception {
        int threads = 8;
        CountDownLatch allAsked = new CountDownLatch(threads);
        AtomicInteger refused = new AtomicInteger();
        CountDownLatch renewed = new CountDownLatch(1);
        List<String> issued = new ArrayList<>();
        FakeCloud.Line all =
                exchange -> {
                    String token = exchange.getRequestHeaders().getFirst("X-Auth-Token");
                    if (exchange.getRequestMethod().equals("POST")) {
                        synchronized (issued) {
                            issued.add("T" + (issued.size() + 1));
                            issues(issued.getLast(), "2026-11-23T12:00:00Z").answer(exchange);
                        }
                    } else if ("T1".equals(token)) {
                        allAsked.countDown();
                        await(allAsked);
                        if (refused.getAndIncrement() > 3) {
                            // half of them hear of it when others have long got a new one
                            await(renewed);
                        }
                        says(401, error("APIGW.0307", "expired")).answer(exchange);
                    } else {
                        renewed.countDown();
                        says(200, page(1)).answer(exchange);
                    }
                };
        cloud.then(all);
        Api source = open(password());
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<Outcome<RawPage>>> answers =
                    IntStream.range(0, threads)
                            .mapToObj(i -> pool.submit(() -> source.page(REQUEST)))
                            .toList();
            for (Future<Outcome<RawPage>> answer : answers) {
                ok(answer.get());
            }
        }
        assertThat(issued).containsExactly("T1", "T2");
    }

    @Test
    void aWrongPasswordIsNotTriedAgain() {
        cloud.then(
                says(
                        401,
                        "{\"error\":{\"code\":401,\"message\":\"wrong: pw-canary\","
                                + "\"title\":\"Unauthorized\"}}"));
        Api source = open(password());

        Trouble failure = failure(source.page(REQUEST));
        assertThat(failure(source.functions())).isEqualTo(failure);
        assertThat(cloud.heard()).hasSize(1);
        assertThat(failure.reach()).isEqualTo(Reach.RUN);
        assertThat(failure.message())
                .contains("/iam", "401", "wrong: ********", "source.auth.password")
                .doesNotContain("canary");
    }

    @Test
    void anIdentityServiceWithoutATokenFailsTheRun() {
        cloud.then(says(201, "{\"token\":{}}"));

        Trouble failure = failure(open(password()).page(REQUEST));
        assertThat(failure.reach()).isEqualTo(Reach.RUN);
        assertThat(failure.message()).contains("an answer without a token");
    }

    @Test
    void signsEveryAttemptAfresh() {
        cloud.then(
                says(500, "", "Retry-After", "20"),
                says(401, error("APIGW.0301", "")),
                says(200, page(1)));
        ok(open(KEYS).page(REQUEST));

        assertThat(cloud.heard()).hasSize(3);
        assertThat(cloud.heard())
                .extracting(heard -> heard.header("X-Sdk-Date"))
                .containsExactly("20261122T120000Z", "20261122T120020Z", "20261122T120020Z");
        clock.pass(Duration.ofMinutes(20));
        ok(open(KEYS).page(REQUEST));
        FakeCloud.Heard heard = cloud.heard().getLast();
        assertThat(heard.header("X-Sdk-Date")).isEqualTo("20261122T122020Z");
        assertThat(heard.header("X-Project-Id")).isEqualTo("p1");
        assertThat(heard.header("X-Security-Token")).isEqualTo("st-canary");
        // what was signed is what arrived
        assertThat(heard.header("Authorization"))
                .isEqualTo(
                        RequestSignature.authorization(
                                "AKID",
                                "sk-canary",
                                new Call(
                                        Asked.source("invocations", ""),
                                        heard.method(),
                                        heard.uri(),
                                        heard.body().getBytes(UTF_8)),
                                Map.of(
                                        "host", heard.header("Host"),
                                        "x-project-id", heard.header("X-Project-Id"),
                                        "x-sdk-date", heard.header("X-Sdk-Date"),
                                        "x-security-token", heard.header("X-Security-Token"))));
    }

    @Test
    void aTokenWithALineBreakIsNamedAndNotShown() {
        Trouble failure = failure(open(new SourceSpec.Token(Secret.of("canary\n1"))).page(REQUEST));

        assertThat(failure.reach()).isEqualTo(Reach.RUN);
        assertThat(failure.message()).contains("line break").doesNotContain("canary");
        assertThat(cloud.heard()).isEmpty();
    }

    @Test
    void showsNoSecretTheSourceEchoesAndNoEndlessText() {
        cloud.then(says(400, error("FSS.0400", "t0ken-canary\\u001b[31m\\n" + "x".repeat(3000))));

        String message = failure(open(TOKEN).page(REQUEST)).message();

        assertThat(message).contains("******** [31m xxx").doesNotContain("canary", "\u001b", "\n");
        assertThat(message.length()).isLessThan(800);
    }

    // the fake's side

    private static final RetryPolicy QUICK = patience(Duration.ofSeconds(20));

    private static RetryPolicy patience(Duration request) {
        return new RetryPolicy(
                Duration.ofSeconds(5),
                request,
                4,
                2,
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                4096,
                Duration.ofMinutes(10));
    }

    private Api open(SourceSpec.Auth auth) {
        return open(auth, QUICK);
    }

    private Api open(URI endpoint, SourceSpec.Auth auth) {
        return opened(at(endpoint, auth), QUICK);
    }

    private Api open(SourceSpec.Auth auth, RetryPolicy patience) {
        return opened(at(cloud.address(), auth), patience);
    }

    private Api opened(SourceSpec.Cloud at, RetryPolicy patience) {
        Api source =
                new HttpApi(
                        at,
                        Requests.open(
                                at,
                                OptionalDouble.empty(),
                                8,
                                patience,
                                FakeCloud.STRAIGHT,
                                clock));
        opened.add(source);
        return source;
    }

    private static SourceSpec.Cloud at(URI endpoint, SourceSpec.Auth auth) {
        return new SourceSpec.Cloud(endpoint, "p1", auth);
    }

    private SourceSpec.Auth password() {
        return new SourceSpec.Password(
                URI.create(cloud.address() + "/iam"), "d1", "u\"1", Secret.of("pw-canary"));
    }

    private static FakeCloud.Line issues(String token, String expires) {
        return says(
                201, "{\"token\":{\"expires_at\":\"" + expires + "\"}}", "X-Subject-Token", token);
    }

    private List<String> tokensHeard() {
        return cloud.heard().stream()
                .filter(heard -> heard.method().equals("GET"))
                .map(heard -> heard.header("X-Auth-Token"))
                .toList();
    }

    private static String error(String code, String text) {
        return "{\"error_code\":\"" + code + "\",\"error_msg\":\"" + text + "\"}";
    }

    private static String page(int rows) {
        return IntStream.range(0, rows)
                .mapToObj(i -> "{\"request_id\":\"r" + i + "\"}")
                .collect(Collectors.joining(",", "{\"invocations\":[", "]}"));
    }

    private static String functions(String next, String... names) {
        return Arrays.stream(names)
                .map(n -> "{\"func_urn\":\"urn:fss:eu-de:p1:function:default:" + n + "\"}")
                .collect(
                        Collectors.joining(
                                ",", "{\"functions\":[", "],\"next_marker\":" + next + "}"));
    }

    private static byte[] packed(byte[] body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(body);
        }
        return bytes.toByteArray();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it is over; a hundredth of a second later where it is not. */
    private static boolean dripped(CountDownLatch over) {
        try {
            return over.await(10, TimeUnit.MILLISECONDS);
        } catch (InterruptedException closing) {
            return true;
        }
    }

    private static <T> T ok(Outcome<T> answer) {
        return switch (answer) {
            case Outcome.Ok<T>(T value) -> value;
            case Outcome.Failed<T>(Trouble failure) -> throw new AssertionError(failure.message());
        };
    }

    private static Trouble failure(Outcome<?> answer) {
        assertThat(answer).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed<?>) answer).trouble();
    }
}
