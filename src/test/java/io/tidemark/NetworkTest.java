package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Screen;
import io.tidemark.sandbox.Request;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.ForwardProxy;
import io.tidemark.testing.Gateway;
import io.tidemark.testing.Relay;
import io.tidemark.testing.Workspace;
import java.io.File;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program in a process of its own, as users run it: against a server with TLS and a certificate
 * of its own, behind a proxy with a login, which alone knows where the names lead.
 */
class NetworkTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String LOGIN = "pat:pröxy@canary";
    private static final String LOGIN_IN_URL = "pat:pr%C3%B6xy%40canary";
    private static final String STORE_PASSWORD = "changeit";

    private static final String JOB =
            """
            job: network
            source:
              endpoint: https://HOST
              project: PROJECT
              auth:
                password:
                  iam: https://iam.example.com
                  domain: sandbox
                  user: sandbox
                  password: ${IAM_PASSWORD}
              functions: ["*"]
              page-size: 10
              requests-per-second: 10000
            window: { from: 2026-10-31, to: 2026-11-01 }
            sinks:
              - csv: { path: DIR/csv }
            """;

    @TempDir private static Path directory = Path.of("");
    private static Sandbox sandbox = Sandbox.start(SandboxSettings.DEFAULT.withRecords(0));
    private static Gateway gateway = new Gateway(sandbox, asked -> Optional.empty());
    private static Path trusted = Path.of("");
    private static Relay tls = Relay.to(0, ServerSocketFactory.getDefault());
    private static ForwardProxy proxy = ForwardProxy.start(Map.of(), Optional.empty());

    @BeforeAll
    static void start() throws Exception {
        stop();
        sandbox =
                Sandbox.start(
                        SandboxSettings.DEFAULT
                                .withFunctions(2)
                                .withRecords(300)
                                .withDays(1)
                                .withUntil(Instant.parse("2026-11-01T00:00:00Z")));
        KeyStore keys = selfSigned("fg.example.com", "iam.example.com");
        trusted = directory.resolve("trusted.p12");
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("ours", keys.getCertificate("server"));
        try (OutputStream out = Files.newOutputStream(trusted)) {
            trust.store(out, STORE_PASSWORD.toCharArray());
        }
        gateway = new Gateway(sandbox, asked -> Optional.empty());
        tls = Relay.to(gateway.endpoint().getPort(), sockets(keys));
        proxy =
                ForwardProxy.start(
                        Map.of(
                                "fg.example.com", tls.port(),
                                "iam.example.com", tls.port(),
                                "other.example.com", tls.port()),
                        Optional.of(LOGIN));
    }

    @AfterAll
    static void stop() {
        proxy.close();
        tls.close();
        gateway.close();
        sandbox.close();
    }

    @Test
    void exportsThroughAProxyWithALoginWhereTheCertificateIsTrusted() throws Exception {
        Workspace workspace = workspace("trusted", "fg.example.com");
        int before = proxy.asked().size();
        int answered = sandbox.requests().size();

        Screen screen =
                start(workspace, trusting(trusted), "apply", "--auto-approve").screen().endsWith(0);

        assertThat(workspace.csvRows())
                .isEqualTo(Workspace.truth(sandbox, record -> true))
                .isNotEmpty();
        List<String> asked = proxy.asked().subList(before, proxy.asked().size());
        assertThat(asked)
                .contains("CONNECT iam.example.com:443 HTTP/1.1")
                .allMatch(line -> line.startsWith("CONNECT "));
        // a tunnel for each connection in flight, not for each request
        List<Request> requests = sandbox.requests().subList(answered, sandbox.requests().size());
        assertThat(requests).hasSizeGreaterThan(30);
        assertThat(asked).hasSizeLessThan(10);
        assertThat(requests)
                .extracting(Request::path)
                .filteredOn("/v3/auth/tokens"::equals)
                .hasSize(1);
        // the proxy's login is for the proxy
        assertThat(gateway.headers())
                .contains("x-auth-token")
                .doesNotContain("proxy-authorization");
        assertThat(screen.out() + screen.err() + text(workspace.directory()))
                .doesNotContain("canary");
    }

    @Test
    void whoCannotBeTrustedIsToldAtOnceWithWhatToDo() throws Exception {
        Path garbage = Files.writeString(directory.resolve("garbage.p12"), "garbage");
        int before = proxy.asked().size();

        // side by side, because most of their time is Java's start
        Started nobodys = start(workspace("nobodys", "fg.example.com"), List.of(), "plan");
        Started anothers =
                start(workspace("anothers", "other.example.com"), trusting(trusted), "plan");
        Started broken = start(workspace("broken", "fg.example.com"), trusting(garbage), "plan");

        assertThat(nobodys.screen().endsWith(1).err())
                .isEqualTo(
                        "The server is not trusted. Asked for a token of https://iam.example.com,"
                                + " there was no answer: the certificate of iam.example.com is signed"
                                + " by nobody whom this Java trusts. Check source.auth.password.iam;"
                                + " an authority of your own is trusted with"
                                + " TIDEMARK_JAVA_OPTS=-Djavax.net.ssl.trustStore=FILE.\n");
        assertThat(anothers.screen().endsWith(1).err())
                .startsWith("The server is not trusted. Asked for the list of functions")
                .contains("the certificate that other.example.com shows is not for that name")
                .contains("Check source.endpoint;");
        assertThat(broken.screen().endsWith(1).err())
                .startsWith("The server is not trusted. ")
                .contains("the trust store that Java was given cannot be read");
        // each tunnel once: what is not trusted is not asked again
        assertThat(proxy.asked().subList(before, proxy.asked().size()))
                .containsExactlyInAnyOrder(
                        "CONNECT iam.example.com:443 HTTP/1.1",
                        "CONNECT iam.example.com:443 HTTP/1.1",
                        "CONNECT other.example.com:443 HTTP/1.1");
    }

    private static KeyStore selfSigned(String... names) throws Exception {
        Path file = directory.resolve("server.p12");
        String alternatives =
                Arrays.stream(names).map(name -> "dns:" + name).collect(Collectors.joining(","));
        Process keytool =
                new ProcessBuilder(
                                java("keytool"),
                                "-genkeypair",
                                "-alias",
                                "server",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=test",
                                "-ext",
                                "san=" + alternatives,
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                STORE_PASSWORD,
                                "-keystore",
                                file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("keytool.txt").toFile())
                        .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, STORE_PASSWORD.toCharArray());
        }
        return keys;
    }

    private static ServerSocketFactory sockets(KeyStore keys) throws Exception {
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, STORE_PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context.getServerSocketFactory();
    }

    private static Workspace workspace(String name, String host) {
        return new Workspace(directory.resolve(name))
                .job(JOB.replace("HOST", host).replace("PROJECT", sandbox.project()));
    }

    private static List<String> trusting(Path store) {
        return List.of(
                "-Djavax.net.ssl.trustStore=" + store,
                "-Djavax.net.ssl.trustStorePassword=" + STORE_PASSWORD);
    }

    /** A process, and where its screen is kept. */
    private record Started(Process process, Path directory) {
        Screen screen() throws Exception {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            return new Screen(
                    process.exitValue(),
                    Files.readString(directory.resolve("out.txt")),
                    Files.readString(directory.resolve("err.txt")));
        }
    }

    /** As {@code ./tidemark} does, with these in TIDEMARK_JAVA_OPTS. */
    private static Started start(Workspace workspace, List<String> javaOptions, String... args)
            throws Exception {
        List<String> command = new ArrayList<>();
        command.addAll(List.of(java("java"), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", classPath(), Tidemark.class.getName(), args[0]));
        command.add(workspace.jobFile().toString());
        command.addAll(List.of("--state", workspace.state().toString()));
        command.addAll(Arrays.asList(args).subList(1, args.length));
        Path directory = workspace.directory();
        ProcessBuilder process =
                new ProcessBuilder(command)
                        .redirectOutput(directory.resolve("out.txt").toFile())
                        .redirectError(directory.resolve("err.txt").toFile());
        process.environment()
                .keySet()
                .removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
        process.environment()
                .putAll(
                        Map.of(
                                "HTTPS_PROXY",
                                "http://%s@127.0.0.1:%d".formatted(LOGIN_IN_URL, proxy.port()),
                                "IAM_PASSWORD",
                                "sandbox"));
        return new Started(process.start(), directory);
    }

    private static String java(String tool) {
        return Path.of(System.getProperty("java.home"), "bin", tool).toString();
    }

    /** What is tested is what is delivered. */
    private static String classPath() {
        String all =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator))
                .filter(entry ->
                        !entry.endsWith("test-classes") && !entry.endsWith("test-classes/"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Every file below, as it is. */
    private static String text(Path directory) throws Exception {
        StringBuilder text = new StringBuilder();
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                text.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return text.toString();
    }
}
