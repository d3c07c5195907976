package io.tidemark.source.http;

import static io.tidemark.source.http.FakeCloud.says;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.job.Secret;
import io.tidemark.job.SourceSpec;
import io.tidemark.source.Failure.Reach;
import io.tidemark.testing.ForwardProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which way requests go; the same with TLS and through the whole program: NetworkTest. */
@Timeout(30)
class ProxiesTest {
    private static final URI CLOUD = URI.create("https://fg.example.com");
    private static final RetryPolicy QUICK =
            new RetryPolicy(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(20),
                    2,
                    2,
                    Duration.ofMillis(1),
                    Duration.ofMillis(1),
                    Duration.ofMillis(1),
                    Duration.ofSeconds(1),
                    4096,
                    Duration.ofMinutes(10));

    // who decides

    @ParameterizedTest
    @CsvSource({
        "https_proxy=http://a:1 HTTPS_PROXY=http://b:2, https, a:1",
        "HTTPS_PROXY=http://b:2,                        https, b:2",
        "HTTPS_PROXY=http://b:2,                        http,  -",
        "http_proxy=http://a:1 HTTP_PROXY=http://b:2,   http,  a:1",
        "HTTP_PROXY=http://b:2,                         http,  b:2",
        "HTTP_PROXY=http://b:2,                         https, -",
        "https_proxy= HTTPS_PROXY=b:2/,                 https, b:2",
        "HTTPS_PROXY=HTTP://b,                          https, b:80",
        "HTTPS_PROXY=http://[::1]:3128,                 https, [::1]:3128",
    })
    void theEnvironmentNamesOneForEachScheme(String variables, String scheme, String proxy) {
        Proxies.Way way = from(environment(variables)).to(URI.create(scheme + "://fg.example.com"));

        if (proxy.equals("-")) {
            assertThat(way).isEqualTo(new Proxies.Straight());
        } else {
            assertThat(way)
                    .isInstanceOfSatisfying(
                            Proxies.Through.class,
                            through ->
                                    assertThat(through.host() + ":" + through.port())
                                            .isEqualTo(proxy));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8080",
                "http://LOCALHOST",
                "http://127.0.0.1:1",
                "https://127.9.9.9",
                "http://[::1]:8080"
            })
    void thisMachineIsAlwaysAskedStraight(String endpoint) {
        Map<String, String> all = environment("HTTP_PROXY=http://p:1 HTTPS_PROXY=nonsense:x");
        Proxies.Way straight = new Proxies.Straight();

        assertThat(from(all).to(URI.create(endpoint))).isEqualTo(straight);
        assertThat(
                        new Proxies(all, properties("http.proxyHost", "https.proxyHost"), JAVA)
                                .to(URI.create(endpoint)))
                .isEqualTo(straight);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*                          | https://fg.example.com      | true",
                "fg.example.com             | https://fg.example.com      | true",
                "FG.Example.com             | https://fg.EXAMPLE.com      | true",
                "example.com                | https://fg.example.com      | true",
                ".example.com               | https://fg.example.com      | true",
                "*.example.com              | https://fg.example.com      | true",
                "ample.com                  | https://fg.example.com      | false",
                "a.org, ,b.org fg.example.com | https://fg.example.com    | true",
                "fg.example.com:443         | https://fg.example.com      | true",
                "fg.example.com:443         | http://fg.example.com       | false",
                "fg.example.com:8443        | https://fg.example.com:8443 | true",
                ".example.com:8443          | https://fg.example.com      | false",
                "10.1.2.3                   | https://10.1.2.3            | true",
                "10.1.2.3:444               | https://10.1.2.3            | false",
                "1.2.3                      | https://10.1.2.3            | false",
                "10.0.0.0/8                 | https://10.1.2.3            | true",
                "10.1.2.0/31                | https://10.1.2.3            | false",
                "10.0.0.0/8                 | https://fg.example.com      | false",
                "10.0.0.0/x,example.com/8   | https://10.1.2.3            | false",
                "2001:db8::/32              | https://[2001:db8::1]       | true",
                "2001:db8::1                | https://[2001:db8::1]       | true",
                "[2001:db8::1]:8443         | https://[2001:db8::1]       | false",
                "2001:db8::/32              | https://10.1.2.3            | false",
                "''                         | https://fg.example.com      | false",
            })
    void noProxyTakesServersOut(String noProxy, String server, boolean takenOut) {
        Map<String, String> environment = new HashMap<>();
        environment.put("HTTPS_PROXY", "http://p:1");
        environment.put("HTTP_PROXY", "http://p:1");
        environment.put("NO_PROXY", noProxy);

        assertThat(from(environment).to(URI.create(server)) instanceof Proxies.Straight)
                .isEqualTo(takenOut);
    }

    @Test
    void javasPropertiesWinOverTheEnvironment() {
        Map<String, String> environment = environment("HTTPS_PROXY=http://env:1 NO_PROXY=*");

        assertThat(new Proxies(environment, properties("https.proxyHost"), JAVA).to(CLOUD))
                .hasToString("the proxy java:3128 (from https.proxyHost)");
        assertThat(
                        new Proxies(
                                        environment,
                                        properties("https.proxyHost"),
                                        ProxySelector.of(null))
                                .to(CLOUD))
                .isEqualTo(new Proxies.Straight());
        assertThat(
                        new Proxies(
                                        environment("HTTPS_PROXY=http://env:1"),
                                        properties("http.proxyHost"),
                                        JAVA)
                                .to(CLOUD))
                .hasToString("the proxy env:1 (from HTTPS_PROXY)");
    }

    // what cannot be used

    @ParameterizedTest
    @CsvSource({
        "socks5://canary@p:1080,         does not begin with http://",
        "https://canary@p:443,           does not begin with http://",
        "http://,                        names no server",
        "http://u:canary@,               names no server",
        "http://p:x,                     names no server",
        "http://p:99999,                 names no server",
        "http://u:can/ary@p/path,        names no server",
        "'http://u:canary@p p',          names no server",
        "http://u:canary%zz@p:1,         has a % in user or password that is none of %XX",
    })
    void aBadVariableIsRefusedBeforeAnythingIsAsked(String value, String why) {
        Trouble failure =
                failure(open(CLOUD, TOKEN, Map.of("HTTPS_PROXY", value), new HeldClock()));

        assertThat(failure.message())
                .startsWith("The proxy cannot be used. Asked for the list of functions")
                .contains("there was no answer: the environment variable HTTPS_PROXY " + why + ".")
                .contains("HTTPS_PROXY=http://HOST:PORT")
                .doesNotContain("canary");
        assertThat(failure.circumstances().attempts()).isEqualTo(1);
        assertThat(failure.reach()).isEqualTo(Reach.RUN);
    }

    @Test
    void aSocksProxyOfJavaIsRefusedAndNotPassedBy() {
        ProxySelector socks =
                new ProxySelector() {
                    @Override
                    public List<Proxy> select(URI server) {
                        return List.of(
                                new Proxy(Proxy.Type.SOCKS, new InetSocketAddress("s", 1080)));
                    }

                    @Override
                    public void connectFailed(URI server, SocketAddress proxy, IOException why) {}
                };

        assertThat(new Proxies(Map.of(), properties("socksProxyHost"), socks).to(CLOUD))
                .isInstanceOfSatisfying(
                        Proxies.Nowhere.class,
                        nowhere -> assertThat(nowhere.why()).contains("SOCKS"));
    }

    // through a real one

    @Test
    void sourceAndIdentityServiceAreAskedThroughTheProxy() throws Exception {
        try (FakeCloud cloud = new FakeCloud();
                ForwardProxy proxy =
                        ForwardProxy.start(
                                Map.of(
                                        "fg.example.com",
                                        cloud.port(),
                                        "iam.example.com",
                                        cloud.port()),
                                Optional.of("us er:p@ss:wörd+"))) {
            cloud.then(
                    says(201, "{\"token\":{}}", "X-Subject-Token", "T1"),
                    says(200, "{\"functions\":[]}"));

            Outcome<String> answer =
                    functions(
                            open(
                                    URI.create("http://fg.example.com"),
                                    new SourceSpec.Password(
                                            URI.create("http://iam.example.com"),
                                            "d1",
                                            "u1",
                                            Secret.of("pw")),
                                    Map.of(
                                            "http_proxy",
                                            "http://us%20er:p%40ss:w%C3%B6rd+@127.0.0.1:"
                                                    + proxy.port()),
                                    new HeldClock()));

            assertThat(answer).isInstanceOf(Outcome.Ok.class);
            assertThat(proxy.asked())
                    .containsExactly(
                            "POST http://iam.example.com/v3/auth/tokens HTTP/1.1",
                            "GET http://fg.example.com/v2/p1/fgs/functions?marker=0&maxitems=400 HTTP/1.1");
            assertThat(cloud.heard().getLast().header("Host")).isEqualTo("fg.example.com");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void aProxyThatWantsAnotherLoginIsNamedWithoutTheLogin(String scheme) {
        try (ForwardProxy proxy = ForwardProxy.start(Map.of(), Optional.of("u:other"))) {
            String given = "u:canary";
            Trouble failure =
                    failure(
                            open(
                                    URI.create(scheme + "://fg.example.com"),
                                    TOKEN,
                                    Map.of(
                                            scheme + "_proxy",
                                            "http://" + given + "@127.0.0.1:" + proxy.port()),
                                    new HeldClock()));

            assertThat(failure.message())
                    .startsWith("The proxy cannot be used. ")
                    .contains(
                            "(from " + scheme + "_proxy) wants a user and password, or other ones.")
                    .doesNotContain("canary")
                    .doesNotContain(Base64.getEncoder().encodeToString(given.getBytes()));
            assertThat(failure.circumstances().attempts()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "forbidden.example.com, The proxy cannot be used.,       403, 1",
        "unknown.example.com,   The source cannot be reached.,   502, 2",
    })
    void aProxyThatOpensNoTunnelIsTold(String host, String headline, int status, int attempts) {
        try (ForwardProxy proxy = ForwardProxy.start(Map.of(), Optional.empty())) {
            Trouble failure =
                    failure(
                            open(
                                    URI.create("https://" + host),
                                    TOKEN,
                                    Map.of("HTTPS_PROXY", "127.0.0.1:" + proxy.port()),
                                    new HeldClock()));

            assertThat(failure.message())
                    .startsWith(headline)
                    .contains(
                            "the proxy 127.0.0.1:%d (from HTTPS_PROXY) answered %d"
                                    .formatted(proxy.port(), status));
            assertThat(failure.circumstances().attempts()).isEqualTo(attempts);
        }
    }

    @Test
    void aProxyThatIsNotThereIsNamed() {
        int port;
        try (ForwardProxy gone = ForwardProxy.start(Map.of(), Optional.empty())) {
            port = gone.port();
        }
        Trouble failure =
                failure(
                        open(
                                CLOUD,
                                TOKEN,
                                Map.of("HTTPS_PROXY", "http://127.0.0.1:" + port),
                                new HeldClock()));

        assertThat(failure.message())
                .contains("no connection to the proxy 127.0.0.1:" + port + " (from HTTPS_PROXY)");
    }

    // plain HTTP

    @ParameterizedTest
    @CsvSource({
        "https://fg.example.com, https://iam.example.com, 0",
        "http://127.0.0.1:8080,  http://localhost:8080,   0",
        "http://fg.example.com,  https://iam.example.com, 1",
        "http://fg.example.com,  http://iam.example.com,  2",
    })
    void credentialsInPlainHttpOverTheNetworkAreWarnedAbout(URI endpoint, URI iam, int warnings) {
        assertThat(
                        Requests.warnings(
                                new SourceSpec.Cloud(
                                        endpoint,
                                        "p1",
                                        new SourceSpec.Password(iam, "d", "u", Secret.of("p")))))
                .hasSize(warnings)
                .allMatch(warning -> warning.endsWith("use https://"));
    }

    private static final SourceSpec.Auth TOKEN = new SourceSpec.Token(Secret.of("t0ken"));

    private static final ProxySelector JAVA =
            ProxySelector.of(InetSocketAddress.createUnresolved("java", 3128));

    private static Proxies from(Map<String, String> environment) {
        return new Proxies(environment, new Properties(), JAVA);
    }

    private static Map<String, String> environment(String variables) {
        Map<String, String> environment = new HashMap<>();
        for (String variable : variables.strip().split(" ")) {
            String[] parts = variable.split("=", 2);
            environment.put(parts[0], parts[1]);
        }
        return environment;
    }

    private static Properties properties(String... names) {
        Properties properties = new Properties();
        for (String name : names) {
            properties.setProperty(name, "java");
        }
        return properties;
    }

    /** What is asked, and where. */
    private record Asking(Requests requests, URI endpoint) {}

    private static Asking open(
            URI endpoint, SourceSpec.Auth auth, Map<String, String> environment, Clockwork clock) {
        return new Asking(
                Requests.open(
                        new SourceSpec.Cloud(endpoint, "p1", auth),
                        OptionalDouble.empty(),
                        1,
                        QUICK,
                        from(environment),
                        clock),
                endpoint);
    }

    private static Outcome<String> functions(Asking asking) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("marker", "0");
        query.put("maxitems", "400");
        try (Requests requests = asking.requests()) {
            return requests.ask(
                    Call.get(
                            Asked.source("the list of functions", " at marker 0"),
                            asking.endpoint() + "/v2/p1/fgs/functions",
                            query),
                    answer -> "an answer");
        }
    }

    private static Trouble failure(Asking asking) {
        Outcome<String> answer = functions(asking);
        assertThat(answer).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed<String>) answer).trouble();
    }
}
