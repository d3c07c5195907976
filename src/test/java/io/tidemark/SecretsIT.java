package io.tidemark;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tidemark.sandbox.Access;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.Rows;
import io.tidemark.testing.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the packaged {@code ./tidemark} with secrets that can be recognised, well and badly, and
 * searches all that it leaves: files, tables, screens, logs, arguments, threads.
 */
@Tag("proof")
class SecretsIT {
    private static final Path PROGRAM = Path.of("tidemark").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String FUNCTION = "urn:fss:eu-de:p1:function:default:orders";

    private static final String TOKEN = "canary.Token/+=%";
    private static final String PASSWORD = "canary.Password/+=%&";
    private static final String ACCESS_KEY = "CANARYACCESSKEY";
    private static final String SECRET_KEY = "canary.SecretKey/+=%&";
    private static final String SECURITY_TOKEN = "canary.SecurityToken/+=";
    private static final String DATABASE_PASSWORD = "canary.Database/+=%&";
    private static final String PROXY_PASSWORD = "canary.Proxy";
    private static final List<String> CANARIES =
            List.of(
                    TOKEN,
                    PASSWORD,
                    ACCESS_KEY,
                    SECRET_KEY,
                    SECURITY_TOKEN,
                    DATABASE_PASSWORD,
                    PROXY_PASSWORD);

    /** The ways to prove who asks. */
    enum Auth {
        TOKEN("token: \"${TOKEN}\""),
        PASSWORD(
                "password: { iam: ENDPOINT, domain: sandbox, user: sandbox, password: \"${PASSWORD}\" }"),
        KEY(
                "aksk: { access-key: \"${ACCESS_KEY}\", secret-key: \"${SECRET_KEY}\", security-token: \"${file:DIR/../security-token}\" }");

        private final String yaml;

        Auth(String yaml) {
            this.yaml = yaml;
        }
    }

    private static final String JOB =
            """
            job: secrets
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { AUTH }
              functions: ["FUNCTIONS"]
              requests-per-second: 10000
            window: { from: 2026-10-31, to: 2026-11-01 }
            sinks:
              - csv: { path: DIR/csv }
              - parquet: { path: DIR/parquet }
            """;

    private static final String TABLE =
            """
              - postgres: { url: "URL", username: canary, password: "${DATABASE_PASSWORD}", table: async_invocations }
            """;

    @TempDir private Path directory = Path.of("");

    // what works

    @ParameterizedTest
    @EnumSource
    void aRunLeavesNone(Auth auth) throws Exception {
        PostgresForTests.Database database = databaseWithPassword();
        PostgresForTests.Database state = databaseWithPassword();
        try (Sandbox sandbox = sandbox()) {
            Workspace workspace =
                    workspace(
                            auth,
                            sandbox.endpoint().toString(),
                            sandbox.project(),
                            "*",
                            TABLE.replace("URL", database.url()));
            Optional<String> stateUrl =
                    auth == Auth.PASSWORD
                            ? Optional.of(withCredentials(state.url()))
                            : Optional.empty();
            Run run = new Run(workspace, sandbox.token(), stateUrl);

            assertThat(run.of("plan", "--out", workspace.directory().resolve("a.plan").toString()))
                    .isZero();
            assertThat(run.of("apply", "--auto-approve", "--json")).isZero();
            assertThat(run.of("state list")).isZero();

            assertThat(workspace.files("csv")).isNotEmpty();
            assertThat(Workspace.postgresRows(database)).isNotEmpty();
            assertNoneIn("the target", dump(database), sandbox.token());
            assertNoneIn("the state", dump(state), sandbox.token());
            assertNoneLeft(workspace, sandbox.token());
        }
    }

    // what does not

    @ParameterizedTest
    @EnumSource
    void aServerThatRepeatsAllItWasToldIsNotQuoted(Auth auth) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (Server server =
                new Server(exchange -> {
                    asked.incrementAndGet();
                    String heard = heard(exchange);
                    String body =
                            JsonMapper.shared()
                                    .writeValueAsString(
                                            Map.of("error_code", heard, "error_msg", heard));
                    exchange.getResponseHeaders().set("X-Heard", heard.replace('\n', ' '));
                    answer(exchange, 400, body);
                })) {
            Workspace workspace = workspace(auth, server.url(), "p1", FUNCTION, "");

            int exit = new Run(workspace, TOKEN).of("apply", "--auto-approve", "--refresh=false");

            assertThat(exit).isIn(1, 3);
            assertThat(asked.get()).isPositive();
            assertThat(everythingIn(workspace.directory())).contains("********");
            assertNoneLeft(workspace, TOKEN);
        }
    }

    @Test
    void aRedirectToAnotherHostIsNotFollowed() throws Exception {
        AtomicInteger elsewhere = new AtomicInteger();
        try (Server other = new Server(exchange -> elsewhere.incrementAndGet());
                Server server =
                        new Server(exchange -> {
                            exchange.getResponseHeaders()
                                    .set(
                                            "Location",
                                            other.url().replace("127.0.0.1", "localhost") + "/x");
                            answer(exchange, 307, heard(exchange));
                        })) {
            for (Auth auth : List.of(Auth.TOKEN, Auth.PASSWORD)) {
                Workspace workspace = workspace(auth, server.url(), "p1", FUNCTION, "");

                assertThat(
                                new Run(workspace, TOKEN)
                                        .of("apply", "--auto-approve", "--refresh=false"))
                        .isIn(1, 3);
                assertNoneLeft(workspace, TOKEN);
            }
        }
        assertThat(elsewhere).hasValue(0);
    }

    @Test
    void databasesThatDoNotAnswerOrDoNotLetInAreToldWithoutThePassword() throws Exception {
        PostgresForTests.Database database = databaseWithPassword();
        String nobody = database.url().replaceFirst("/[^/]*$", "/nobody");
        try (Sandbox sandbox = sandbox()) {
            for (String url : List.of("jdbc:postgresql://127.0.0.1:1/audit", nobody)) {
                Workspace workspace =
                        workspace(
                                Auth.TOKEN,
                                sandbox.endpoint().toString(),
                                sandbox.project(),
                                "*",
                                TABLE.replace("URL", url));

                assertThat(new Run(workspace, sandbox.token()).of("apply", "--auto-approve"))
                        .isOne();
                assertNoneLeft(workspace, sandbox.token());
                for (String state :
                        List.of(
                                withCredentials(url),
                                withCredentials(url) + "&sslmode=nonsense",
                                withCredentials("jdbc:postgresql://127.0.0.1:port/audit"),
                                "jdbc:postgresql://canary:%s@127.0.0.1:1/audit"
                                        .formatted(URLEncoder.encode(DATABASE_PASSWORD, UTF_8)))) {
                    assertThat(
                                    new Run(workspace, sandbox.token(), Optional.of(state))
                                            .of("state list"))
                            .isOne();
                    assertNoneLeft(workspace, sandbox.token());
                }
            }
        }
    }

    // while it runs

    @Test
    void noneIsAnArgumentOrInAThreadDump() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        try (Server server =
                new Server(exchange -> {
                    if (exchange.getRequestURI().getPath().endsWith("/v3/auth/tokens")) {
                        exchange.getResponseHeaders().set("X-Subject-Token", TOKEN);
                        answer(exchange, 201, "{}");
                    } else {
                        waiting.countDown();
                        await(enough);
                    }
                })) {
            Workspace workspace = workspace(Auth.PASSWORD, server.url(), "p1", FUNCTION, "");
            Process process = new Run(workspace, TOKEN).start("plan");
            try {
                assertThat(waiting.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
                String pid = Long.toString(process.pid());
                Path dump = workspace.directory().resolve("threads.txt");

                int exit =
                        new ProcessBuilder(
                                        Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                                .toString(),
                                        pid,
                                        "Thread.print",
                                        "-l",
                                        "-e")
                                .redirectErrorStream(true)
                                .redirectOutput(dump.toFile())
                                .start()
                                .waitFor();

                assertThat(exit).isZero();
                assertThat(Files.readString(dump)).contains("\"main\"").contains("io.tidemark");
                assertThat(Files.readString(Path.of("/proc", pid, "cmdline")))
                        .contains("tidemark.jar")
                        .satisfies(arguments -> assertNoneIn("arguments", arguments, TOKEN));
                assertNoneLeft(workspace, TOKEN);
            } finally {
                enough.countDown();
                process.destroyForcibly().waitFor();
            }
        }
    }

    // the search

    private void assertNoneLeft(Workspace workspace, String token) throws Exception {
        assertNoneIn("files", everythingIn(workspace.directory()), token);
        try (Stream<Path> below = Files.list(workspace.state())) {
            for (Path database :
                    below.filter(path -> path.toString().endsWith(".mv.db")).toList()) {
                String url = "jdbc:h2:file:" + database.toString().replace(".mv.db", "");
                try (Connection connection =
                        DriverManager.getConnection(url + ";IFEXISTS=TRUE;ACCESS_MODE_DATA=r")) {
                    String script = Rows.of(connection, "SCRIPT").toString();
                    assertThat(script).containsIgnoringCase("tidemark_window");
                    assertNoneIn("the embedded state", script, token);
                }
            }
        }
    }

    private static void assertNoneIn(String where, String text, String token) {
        Stream.concat(CANARIES.stream(), Stream.of(token))
                .forEach(canary ->
                        forms(canary)
                                .forEach(form ->
                                        assertThat(text.contains(form))
                                                .as("%s of %s in %s", form, canary, where)
                                                .isFalse()));
        // every token that the sandbox gives out
        assertThat(text).as(where).doesNotContainPattern("sandbox-[0-9a-f]{32}");
    }

    /** The secret, and what it becomes in URLs, headers and dumps. */
    private static List<String> forms(String secret) {
        List<String> forms = new ArrayList<>(List.of(secret));
        forms.add(URLEncoder.encode(secret, UTF_8));
        forms.add(secret.replace("/", "\\/"));
        forms.add(HexFormat.of().formatHex(secret.getBytes(UTF_8)));
        for (int before = 0; before < 3; before++) {
            // wherever it begins in what was encoded
            byte[] bytes = (".".repeat(before) + secret).getBytes(UTF_8);
            String encoded = Base64.getEncoder().withoutPadding().encodeToString(bytes);
            forms.add(encoded.substring(before == 0 ? 0 : before + 1, encoded.length() - 2));
        }
        return forms;
    }

    /** Every byte of every file, but the file that the test itself keeps a secret in. */
    private static String everythingIn(Path directory) throws IOException {
        StringBuilder everything = new StringBuilder();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                everything.append(file).append('\n');
                everything.append(new String(Files.readAllBytes(file), ISO_8859_1));
            }
        }
        return everything.toString();
    }

    private static String dump(PostgresForTests.Database database) throws SQLException {
        StringBuilder dump = new StringBuilder();
        try (Connection connection = database.connect()) {
            for (List<?> table :
                    Rows.of(
                            connection,
                            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")) {
                dump.append(table)
                        .append(
                                Rows.of(
                                        connection,
                                        "SELECT t::text FROM " + table.getFirst() + " t"));
            }
        }
        return dump.toString();
    }

    // the program

    private Workspace workspace(
            Auth auth, String endpoint, String project, String functions, String sinks)
            throws IOException {
        Files.writeString(directory.resolve("security-token"), SECURITY_TOKEN);
        return new Workspace(directory.resolve(auth.name()))
                .job(
                        (JOB + sinks)
                                .replace("AUTH", auth.yaml)
                                .replace("ENDPOINT", endpoint)
                                .replace("PROJECT", project)
                                .replace("FUNCTIONS", functions));
    }

    private static Sandbox sandbox() {
        return Sandbox.start(
                SandboxSettings.DEFAULT
                        .withFunctions(2)
                        .withRecords(50)
                        .withDays(1)
                        .withUntil(Instant.parse("2026-11-01T00:00:00Z"))
                        .withAccess(
                                Access.DEFAULT
                                        .withLogin(new Access.Login("sandbox", "sandbox", PASSWORD))
                                        .withKey(
                                                new Access.AccessKey(
                                                        ACCESS_KEY,
                                                        SECRET_KEY,
                                                        Optional.of(SECURITY_TOKEN)))));
    }

    private static PostgresForTests.Database databaseWithPassword() throws SQLException {
        PostgresForTests.Database database = PostgresForTests.fresh();
        database.execute(
                "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'canary') THEN CREATE ROLE canary LOGIN SUPERUSER PASSWORD '%s'; END IF; END $$"
                        .formatted(DATABASE_PASSWORD));
        return database;
    }

    private static String withCredentials(String url) {
        return url + "?user=canary&password=" + URLEncoder.encode(DATABASE_PASSWORD, UTF_8);
    }

    /** Runs of one job; what they print and log stays in its workspace. */
    private record Run(Workspace workspace, String token, Optional<String> state) {
        private Run(Workspace workspace, String token) {
            this(workspace, token, Optional.empty());
        }

        private int of(String command, String... args) throws Exception {
            Process process = start(command, args);
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        }

        private Process start(String command, String... args) throws IOException {
            List<String> line = new ArrayList<>(List.of(PROGRAM.toString()));
            line.addAll(List.of(command.split(" ")));
            line.add(workspace.jobFile().toString());
            line.addAll(List.of(args));
            Path home = workspace.directory();
            Path temporary = Files.createDirectories(home.resolve("tmp"));
            Files.createDirectories(workspace.state());
            ProcessBuilder builder =
                    new ProcessBuilder(line)
                            .directory(home.toFile())
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(home.resolve("out").toFile()))
                            .redirectError(
                                    ProcessBuilder.Redirect.appendTo(home.resolve("err").toFile()));
            Map<String, String> environment = builder.environment();
            environment.put("TOKEN", token);
            environment.put("PASSWORD", PASSWORD);
            environment.put("ACCESS_KEY", ACCESS_KEY);
            environment.put("SECRET_KEY", SECRET_KEY);
            environment.put("DATABASE_PASSWORD", DATABASE_PASSWORD);
            environment.put(
                    "HTTPS_PROXY", "http://somebody:%s@127.0.0.1:1".formatted(PROXY_PASSWORD));
            environment.put("TIDEMARK_STATE", state.orElse(workspace.state().toString()));
            // the JDK's client logs whole requests when it is asked to
            environment.put(
                    "TIDEMARK_JAVA_OPTS",
                    "-Djdk.httpclient.HttpClient.log=all -Djava.io.tmpdir=" + temporary);
            return builder.start();
        }
    }

    // servers that mean no good

    private interface Conduct {
        void answer(HttpExchange exchange) throws IOException;
    }

    private static final class Server implements AutoCloseable {
        private final HttpServer server;

        private Server(Conduct conduct) throws IOException {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext(
                    "/",
                    exchange -> {
                        try (exchange) {
                            conduct.answer(exchange);
                        }
                    });
            server.start();
        }

        private String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** What a request says: as it is, and as a log or another server would write it. */
    private static String heard(HttpExchange exchange) throws IOException {
        StringBuilder heard =
                new StringBuilder(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        // first what tells who asks, for messages are cut
        for (String name : List.of("X-Security-Token", "X-Auth-Token", "Authorization")) {
            for (String value : exchange.getRequestHeaders().getOrDefault(name, List.of())) {
                heard.append(' ').append(value);
                heard.append(' ').append(URLEncoder.encode(value, UTF_8));
                heard.append(' ').append(Base64.getEncoder().encodeToString(value.getBytes(UTF_8)));
            }
        }
        return heard.append(' ').append(exchange.getRequestURI()).toString();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
