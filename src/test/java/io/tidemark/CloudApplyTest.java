package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Screen;
import io.tidemark.sandbox.Access;
import io.tidemark.sandbox.Behaviour;
import io.tidemark.sandbox.Faults;
import io.tidemark.sandbox.Request;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.Gateway;
import io.tidemark.testing.Workspace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The sandbox in the place of a cloud: every way to prove who asks, and every failure, as the
 * screen of an apply tells it.
 */
class CloudApplyTest {
    private static final SandboxSettings SETTINGS =
            SandboxSettings.DEFAULT
                    .withFunctions(3)
                    .withRecords(400)
                    .withDays(2)
                    .withSeed(5)
                    .withUntil(Instant.parse("2026-11-01T00:00:00Z"));
    private static final String PAGE = "limit=20";

    private static final String JOB =
            """
            job: cloud
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: AUTH
              functions: ["*"]
              page-size: 20
              requests-per-second: 10000
              connections: 2
            window: { from: 2026-10-30, to: 2026-11-01 }
            sinks:
              - csv: { path: DIR/csv }
            """;
    private static final String PASSWORD =
            "{ password: { iam: IAM, domain: sandbox, user: sandbox, password: \"${SECRET}\" } }";
    private static final String KEYS = "{ aksk: { access-key: AKIDX, secret-key: \"${SECRET}\" } }";
    private static final String TEMPORARY_KEYS =
            "{ aksk: { access-key: AKIDX, secret-key: \"${SECRET}\", security-token: \"${SECURITY}\" } }";
    private static final String TOKEN = "{ token: \"${SECRET}\" }";

    @TempDir private Path directory = Path.of("");

    // who asks

    @ParameterizedTest
    @EnumSource
    void aTokenThatIsRevokedInMidRunIsRenewedByFewLogins(Behaviour.BadToken answer)
            throws Exception {
        Access access = Access.DEFAULT.withRequestsPerToken(12);
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withAccess(access).withBehaviour(answer))) {
            Workspace workspace = workspace(sandbox, PASSWORD);

            Screen screen = apply(workspace, "sandbox").endsWith(0);

            assertTruth(workspace, sandbox, Set.of());
            assertThat(screen.out()).contains("6 windows exported; 400 records");
            List<Request> pages =
                    sandbox.requests().stream().filter(asked -> asked.status() == 200).toList();
            assertThat(pages).hasSizeGreaterThan(24);
            // the token of the first login, and one for each that was used up
            assertThat(logins(sandbox)).isEqualTo(1 + (pages.size() - 1) / 12);
        }
    }

    @Test
    void aShortTokenIsRenewedAheadOfItsExpiry() throws Exception {
        Access access = Access.DEFAULT.withTokenLifetime(Duration.ofMillis(500));
        try (Sandbox sandbox =
                Sandbox.start(SETTINGS.withAccess(access).withLatency(Duration.ofMillis(25)))) {
            Workspace workspace = workspace(sandbox, PASSWORD);
            Instant begin = Instant.now();

            apply(workspace, "sandbox").endsWith(0);

            assertTruth(workspace, sandbox, Set.of());
            long halfLives = Duration.between(begin, Instant.now()).toMillis() / 250;
            assertThat(logins(sandbox)).isBetween(2L, halfLives + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ST/+=1"})
    void requestsSignedWithKeysExportTheTruth(String securityToken) throws Exception {
        Access.AccessKey key =
                new Access.AccessKey(
                        "AKIDX",
                        "the/secret+key",
                        Optional.of(securityToken).filter(token -> !token.isEmpty()));
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withAccess(Access.DEFAULT.withKey(key)))) {
            Workspace workspace =
                    workspace(sandbox, securityToken.isEmpty() ? KEYS : TEMPORARY_KEYS);

            apply(workspace, "the/secret+key", "--var", "SECURITY=" + securityToken).endsWith(0);

            assertTruth(workspace, sandbox, Set.of());
            assertThat(logins(sandbox)).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                TOKEN + "          | canary  | Fetch a new token for source.auth.token",
                PASSWORD
                        + "       | canary  | Check domain, user and password in source.auth.password",
                KEYS
                        + "           | canary  | Check source.auth.aksk (temporary keys need security-token",
                TEMPORARY_KEYS
                        + " | the-key | Check source.auth.aksk (temporary keys need security-token",
            })
    void wrongCredentialsAreToldWithWhatToDoAndLeaveNothingBehind(
            String auth, String secret, String advice) {
        Access.AccessKey key = new Access.AccessKey("AKIDX", "the-key", Optional.of("st"));
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withAccess(Access.DEFAULT.withKey(key)))) {
            Workspace workspace = workspace(sandbox, auth);

            Screen screen = apply(workspace, secret, "--var", "SECURITY=canary").endsWith(1);

            assertThat(screen.err())
                    .startsWith("The source denies access. ")
                    .contains(" 401", advice)
                    .doesNotContain("canary", "the-key");
            assertThat(screen.out()).isEmpty();
            assertThat(workspace.directory().toFile().list()).containsExactly("job.yaml");
            // a password that is tried again and again locks the account; a signature is made twice
            assertThat(sandbox.requests()).hasSize(auth.contains("aksk") ? 2 : 1);
        }
    }

    // the table of failures

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "400, FSS.0400, The source calls the request wrong., 'source.project, source.functions and source.page-size'",
        "400, FSS.1001, The source calls the request wrong., 'source.project, source.functions and source.page-size'",
        "400, FSS.1309, The source calls the request wrong., 'source.project, source.functions and source.page-size'",
        "403, FSS.0403, The source denies access.,           may read the functions of source.project",
        "404, FSS.0404, The source does not know the function., Check source.functions",
        "404, FSS.1051, The source does not know the function., Check source.functions",
    })
    void aFunctionThatFailsIsNamedAndStopsNoOther(
            int status, String code, String headline, String advice) throws Exception {
        AtomicBoolean healed = new AtomicBoolean();
        try (Sandbox sandbox = Sandbox.start(SETTINGS);
                Gateway gateway =
                        new Gateway(
                                sandbox,
                                asked ->
                                        isPage(asked, "orders-payment") && !healed.get()
                                                ? Optional.of(
                                                        Gateway.Answer.error(
                                                                status, code, "so it is"))
                                                : Optional.empty())) {
            Workspace workspace = workspace(gateway.endpoint(), sandbox, TOKEN);

            Screen screen = apply(workspace, sandbox.token()).endsWith(3);

            assertTruth(workspace, sandbox, Set.of("orders-payment"));
            assertThat(screen.out())
                    .contains("failed  default:orders-payment 2026-10-30T00:00:00Z/2026-10-31")
                    // the other window of the function is not asked for, unless it was at once
                    .contains(": " + headline + " Asked for invocations of urn:fss:")
                    .contains("between 2026-10-", " at marker 0")
                    .contains("it answered " + status + " " + code + ": so it is. ")
                    .contains(advice)
                    .contains("Apply ended: 4 windows exported, 2 failed; ");
            // at most one for calibration and one for each connection, none of them repeated
            assertThat(gateway.answered()).hasSizeBetween(1, 3);

            healed.set(true);
            assertThat(apply(workspace, sandbox.token()).endsWith(0).out())
                    .contains("2 windows exported");
            assertTruth(workspace, sandbox, Set.of());
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            nullValues = "-",
            value = {
                "401, APIGW.0301, -,    The source denies access.,   Fetch a new token",
                "404, APIGW.0101, -,    The endpoint is wrong.,      Check source.endpoint and source.project.",
                "302, -,          -,    The endpoint is wrong.,      Check source.endpoint and source.project.",
                "429, FSS.0429,   3600, 'The source asks for fewer requests, also after a wait of 0 s, now for 3600 s.', Lower source.requests-per-second",
                "408, FSS.0408,   3600, 'The source asks for fewer requests, also after a wait of 0 s, now for 3600 s.', Lower source.requests-per-second",
            })
    void whatFailsForAllEndsTheRunAtOnce(
            int status, String code, String retryAfter, String headline, String advice)
            throws Exception {
        Set<String> asking = ConcurrentHashMap.newKeySet();
        try (Sandbox sandbox = Sandbox.start(SETTINGS);
                Gateway gateway =
                        new Gateway(
                                sandbox,
                                asked -> {
                                    // the first page of each window is there, the next is not
                                    if (!isPage(asked, "") || asking.add(window(asked))) {
                                        return Optional.empty();
                                    }
                                    Gateway.Answer answer =
                                            Gateway.Answer.error(
                                                    status, code == null ? "" : code, "no");
                                    return Optional.of(
                                            retryAfter == null
                                                    ? answer
                                                    : answer.with("Retry-After", retryAfter));
                                })) {
            Workspace workspace = workspace(gateway.endpoint(), sandbox, TOKEN);

            Screen screen = apply(workspace, sandbox.token()).endsWith(1);

            assertThat(screen.out())
                    .contains("Given up: " + headline + " Asked for invocations of urn:fss:")
                    .contains("between 2026-10-", " at marker ", advice)
                    .contains(" left for the next apply; ");
            assertThat(gateway.answered()).hasSizeBetween(1, 2);
        }
    }

    @Test
    void anAnswerThatUnpacksWithoutEndFailsItsWindowAlone() throws Exception {
        byte[] bomb = packed(100 << 20);
        try (Sandbox sandbox = Sandbox.start(SETTINGS);
                Gateway gateway =
                        new Gateway(
                                sandbox,
                                asked ->
                                        isPage(asked, "orders-intake")
                                                        && asked.toString()
                                                                .contains("begin_time=2026-10-31")
                                                ? Optional.of(
                                                        new Gateway.Answer(200, bomb)
                                                                .with("Content-Encoding", "gzip"))
                                                : Optional.empty())) {
            Workspace workspace = workspace(gateway.endpoint(), sandbox, TOKEN);

            Screen screen = apply(workspace, sandbox.token()).endsWith(3);

            assertThat(screen.out())
                    .contains("failed  default:orders-intake 2026-10-31T00:00:00Z/")
                    .contains("The answer is too large. ", "Lower source.page-size")
                    .contains("5 windows exported, 1 failed");
        }
    }

    /** The rows of the table that are worth another attempt. */
    private enum Passing {
        THROTTLED(
                Faults.of(
                        0.15,
                        Faults.Kind.REQUEST_TIMEOUT_408,
                        Faults.Kind.THROTTLED_RETRY_AFTER_ZERO)),
        UNAVAILABLE(
                Faults.of(
                        0.2,
                        Faults.Kind.ERROR_500,
                        Faults.Kind.BAD_GATEWAY_502_HTML,
                        Faults.Kind.UNAVAILABLE_503_EMPTY,
                        Faults.Kind.GATEWAY_TIMEOUT_504)),
        BROKEN(
                Faults.of(
                        0.2,
                        Faults.Kind.HTML_200,
                        Faults.Kind.EMPTY_200,
                        Faults.Kind.NO_LIST_200,
                        Faults.Kind.CUT_BODY,
                        Faults.Kind.CUT_CONNECTION,
                        Faults.Kind.CLOSED));

        private final Faults faults;

        Passing(Faults faults) {
            this.faults = faults;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatPassesIsAskedAgainAndSeenNowhere(Passing passing) throws Exception {
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withFaults(passing.faults))) {
            Workspace workspace = workspace(sandbox, TOKEN);

            Screen screen = apply(workspace, sandbox.token()).endsWith(0);

            assertTruth(workspace, sandbox, Set.of());
            assertThat(screen.out()).contains("6 windows exported; 400 records");
            assertThat(screen.err()).isEmpty();
            assertThat(sandbox.requests())
                    .extracting(asked -> asked.path() + asked.query())
                    .as("the test has had something to do")
                    .satisfies(
                            asked -> assertThat(Set.copyOf(asked)).hasSizeLessThan(asked.size()));
        }
    }

    @Test
    void plainHttpOverTheNetworkIsWarnedAbout() {
        Workspace workspace =
                new Workspace(directory)
                        .job(
                                JOB.replace("ENDPOINT", "http://fg.example.invalid")
                                        .replace("PROJECT", "p1")
                                        .replace("AUTH", TOKEN));

        Screen screen = workspace.run("validate", "--var", "SECRET=canary").endsWith(0);

        assertThat(screen.err())
                .isEqualTo(
                        "Warning: source.endpoint is http://: whoever is on the way reads"
                                + " credentials and records; use https://"
                                + System.lineSeparator());
    }

    private static boolean isPage(URI asked, String function) {
        return asked.getPath().contains(function)
                && asked.getPath().endsWith("/async-invocations")
                && asked.getRawQuery().contains(PAGE);
    }

    private static String window(URI asked) {
        return asked.getPath() + asked.getQuery().replaceFirst("marker=[0-9]*", "");
    }

    private static void assertTruth(Workspace workspace, Sandbox sandbox, Set<String> without)
            throws Exception {
        assertThat(workspace.csvRows())
                .isEqualTo(
                        Workspace.truth(
                                sandbox,
                                record -> !without.contains(record.function().functionName())))
                .isNotEmpty();
    }

    private static long logins(Sandbox sandbox) {
        return sandbox.requests().stream()
                .filter(request -> request.path().equals("/v3/auth/tokens"))
                .count();
    }

    private Workspace workspace(Sandbox sandbox, String auth) {
        return workspace(sandbox.endpoint(), sandbox, auth);
    }

    private Workspace workspace(URI endpoint, Sandbox sandbox, String auth) {
        return fill(new Workspace(directory), endpoint, sandbox, auth);
    }

    private static Workspace fill(Workspace workspace, URI endpoint, Sandbox sandbox, String auth) {
        return workspace.job(
                JOB.replace("AUTH", auth)
                        .replace("ENDPOINT", endpoint.toString())
                        .replace("IAM", endpoint.toString())
                        .replace("PROJECT", sandbox.project()));
    }

    private static Screen apply(Workspace workspace, String secret, String... more) {
        List<String> args = new ArrayList<>(List.of("--auto-approve", "--var", "SECRET=" + secret));
        args.addAll(List.of(more));
        return workspace.run("apply", args.toArray(String[]::new));
    }

    private static byte[] packed(int zeros) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            byte[] some = new byte[1 << 20];
            for (int i = 0; i < zeros >> 20; i++) {
                out.write(some);
            }
        }
        return bytes.toByteArray();
    }
}
