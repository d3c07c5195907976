package io.tidemark.source.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that says what it was told to say, in order, the last line again and again. */
public final class FakeCloud implements AutoCloseable {
    static {
        // or it answers in 40 ms instead of 1
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** What to do with a request. */
    public interface Line {
        void answer(HttpExchange exchange) throws IOException;
    }

    /**
     * What was asked.
     *
     * @param connection the port it came from
     */
    public record Heard(String method, URI uri, Headers headers, String body, int connection) {
        public String header(String name) {
            return headers.getFirst(name);
        }

        public Map<String, String> query() {
            Map<String, String> query = new HashMap<>();
            for (String parameter : uri.getRawQuery().split("&")) {
                String[] parts = parameter.split("=", 2);
                query.put(parts[0], parts[1]);
            }
            return query;
        }
    }

    /** No proxy for anything. */
    public static final Proxies STRAIGHT =
            new Proxies(Map.of(), new Properties(), ProxySelector.of(null));

    public static final String EMPTY_PAGE = "{\"invocations\":[]}";

    private final Queue<Line> lines = new ConcurrentLinkedQueue<>();
    private final List<Heard> heard = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private volatile Line last = says(200, EMPTY_PAGE);

    public FakeCloud() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public URI address() {
        return URI.create(
                "http://" + server.getAddress().getAddress().getHostAddress() + ":" + port());
    }

    int port() {
        return server.getAddress().getPort();
    }

    public FakeCloud then(Line... more) {
        lines.addAll(List.of(more));
        return this;
    }

    public List<Heard> heard() {
        return heard;
    }

    public static Line says(int status, String body, String... headers) {
        return says(status, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    public static Line says(int status, byte[] body, String... headers) {
        return exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        };
    }

    private void answer(HttpExchange exchange) throws IOException {
        heard.add(
                new Heard(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI(),
                        exchange.getRequestHeaders(),
                        new String(
                                exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                        exchange.getRemoteAddress().getPort()));
        Line next = lines.poll();
        if (next != null) {
            last = next;
        }
        try (exchange) {
            last.answer(exchange);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
