package io.tidemark.source.http;

import io.tidemark.job.Secret;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Which way a request goes. This machine is always asked straight. For all else, Java's usual
 * properties decide where they say anything about the scheme ({@code https.proxyHost}, {@code
 * http.nonProxyHosts}, ...), else the environment: {@code HTTPS_PROXY}, {@code HTTP_PROXY} and
 * {@code NO_PROXY}, in small letters first, as curl has it.
 */
public final class Proxies extends ProxySelector {

    /** The way to one server. */
    sealed interface Way {}

    record Straight() implements Way {}

    /**
     * @param host not looked up yet
     * @param namedBy the variable or property it is from
     * @param login what {@code Proxy-Authorization} has to say
     */
    record Through(String host, int port, String namedBy, Optional<Secret> login) implements Way {
        @Override
        public String toString() {
            return "the proxy %s:%d (from %s)".formatted(host, port, namedBy);
        }
    }

    /**
     * A proxy is named, but in a way that cannot be used.
     *
     * @param why a sentence without the dot, and without what was given: that may hold a password
     */
    record Nowhere(String why) implements Way {}

    private final Map<String, String> environment;
    private final Properties properties;
    private final ProxySelector java;

    /**
     * @param java what follows the properties
     */
    Proxies(Map<String, String> environment, Properties properties, ProxySelector java) {
        this.environment = environment;
        this.properties = properties;
        this.java = java;
    }

    public static Proxies ofThisProcess() {
        return new Proxies(System.getenv(), System.getProperties(), ProxySelector.getDefault());
    }

    Way to(URI server) {
        if (Loopback.isIn(server)) {
            return new Straight();
        }
        String scheme = server.getScheme().toLowerCase(Locale.ROOT);
        Optional<String> property =
                Stream.of(scheme + ".proxyHost", "socksProxyHost", "java.net.useSystemProxies")
                        .filter(properties::containsKey)
                        .findFirst();
        if (property.isPresent()) {
            return byProperty(property.get(), server);
        }
        Optional<String> variable = set(scheme + "_proxy");
        if (variable.isEmpty() || noProxy().takesOut(server)) {
            return new Straight();
        }
        return through(variable.get(), environment.get(variable.get()));
    }

    private Way byProperty(String property, URI server) {
        Proxy proxy = java.select(server).getFirst();
        return switch (proxy.type()) {
            case DIRECT -> new Straight();
            case SOCKS ->
                    new Nowhere(
                            "the Java property "
                                    + property
                                    + " names a SOCKS proxy, and only HTTP proxies are spoken to");
            case HTTP -> {
                InetSocketAddress address = (InetSocketAddress) proxy.address();
                yield new Through(
                        address.getHostString(), address.getPort(), property, Optional.empty());
            }
        };
    }

    private NoProxy noProxy() {
        return NoProxy.of(set("no_proxy").map(environment::get).orElse(""));
    }

    /** The name of the variable, where it is set; in small letters where both are. */
    private Optional<String> set(String name) {
        return Stream.of(name, name.toUpperCase(Locale.ROOT))
                .filter(spelling -> !environment.getOrDefault(spelling, "").isBlank())
                .findFirst();
    }

    private static Way through(String variable, String value) {
        String text = value.strip();
        int scheme = text.indexOf("://");
        if (scheme >= 0 && !text.substring(0, scheme).equalsIgnoreCase("http")) {
            return nowhere(variable, "does not begin with http://");
        }
        String authority = text.substring(scheme < 0 ? 0 : scheme + 3).replaceFirst("/+$", "");
        int at = authority.lastIndexOf('@');
        try {
            URI server = new URI("http://" + authority.substring(at + 1));
            if (server.getHost() == null
                    || server.getPort() > 65_535
                    || !server.getRawPath().isEmpty()
                    || server.getRawQuery() != null
                    || server.getRawFragment() != null) {
                return nowhere(variable, "names no server");
            }
            return new Through(
                    server.getHost(),
                    server.getPort() == -1 ? 80 : server.getPort(),
                    variable,
                    at < 0 ? Optional.empty() : Optional.of(login(authority.substring(0, at))));
        } catch (URISyntaxException noServer) {
            return nowhere(variable, "names no server");
        } catch (IllegalArgumentException badEscape) {
            return nowhere(variable, "has a % in user or password that is none of %XX");
        }
    }

    /**
     * @throws IllegalArgumentException where a {@code %} is no escape
     */
    private static Secret login(String userInfo) {
        String[] parts = userInfo.split(":", 2);
        String login = decoded(parts[0]) + ":" + (parts.length == 1 ? "" : decoded(parts[1]));
        return Secret.of(
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    }

    private static String decoded(String text) {
        // a plus is a plus here
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static Way nowhere(String variable, String why) {
        return new Nowhere("the environment variable " + variable + " " + why);
    }

    /** For the client: {@link #to}, as it wants to be told. */
    @Override
    public List<Proxy> select(URI server) {
        return switch (to(server)) {
            case Through(String host, int port, String n, Optional<Secret> l) ->
                    List.of(
                            new Proxy(
                                    Proxy.Type.HTTP,
                                    InetSocketAddress.createUnresolved(host, port)));
            case Straight straight -> List.of(Proxy.NO_PROXY);
            case Nowhere nowhere -> List.of(Proxy.NO_PROXY);
        };
    }

    @Override
    public void connectFailed(URI server, SocketAddress proxy, IOException why) {
        // the request fails and says so
    }
}
