package io.tidemark.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tidemark.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * Stands before a sandbox and answers some requests itself, as the test has it. Does for requests
 * with tokens only: a signature names the server it is for.
 */
public final class Gateway implements AutoCloseable {

    /** An answer of the gateway's own. */
    public record Answer(int status, byte[] body, Map<String, String> headers) {
        public Answer(int status, byte[] body) {
            this(status, body, Map.of());
        }

        /** As FunctionGraph tells an error. */
        public static Answer error(int status, String code, String message) {
            return new Answer(
                    status,
                    "{\"error_code\":\"%s\",\"error_msg\":\"%s\"}"
                            .formatted(code, message)
                            .getBytes(UTF_8));
        }

        public Answer with(String header, String value) {
            return new Answer(status, body, Map.of(header, value));
        }
    }

    private final Sandbox sandbox;
    private final Function<URI, Optional<Answer>> own;
    private final List<URI> answered = new CopyOnWriteArrayList<>();
    private final Set<String> headers = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    /**
     * @param own what is answered here; empty: the sandbox is asked
     */
    public Gateway(Sandbox sandbox, Function<URI, Optional<Answer>> own) {
        this.sandbox = sandbox;
        this.own = own;
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException cannotListen) {
            throw new UncheckedIOException(cannotListen);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** What was answered here, in that order. */
    public List<URI> answered() {
        return answered;
    }

    /** The names of all headers that ever arrived, in small letters. */
    public Set<String> headers() {
        return headers;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestHeaders()
                    .keySet()
                    .forEach(name -> headers.add(name.toLowerCase(Locale.ROOT)));
            byte[] asked = exchange.getRequestBody().readAllBytes();
            Optional<Answer> answer = own.apply(exchange.getRequestURI());
            if (answer.isPresent()) {
                answered.add(exchange.getRequestURI());
                answer.get().headers().forEach(exchange.getResponseHeaders()::set);
                send(exchange, answer.get().status(), answer.get().body());
            } else {
                forward(exchange, asked);
            }
        }
    }

    private void forward(HttpExchange exchange, byte[] asked) throws IOException {
        HttpURLConnection behind =
                (HttpURLConnection)
                        URI.create(sandbox.endpoint() + exchange.getRequestURI().toString())
                                .toURL()
                                .openConnection(java.net.Proxy.NO_PROXY);
        behind.setRequestMethod(exchange.getRequestMethod());
        for (String header : List.of("X-Auth-Token", "Content-Type")) {
            String value = exchange.getRequestHeaders().getFirst(header);
            if (value != null) {
                behind.setRequestProperty(header, value);
            }
        }
        if (asked.length > 0) {
            behind.setDoOutput(true);
            behind.getOutputStream().write(asked);
        }
        int status = behind.getResponseCode();
        String token = behind.getHeaderField("X-Subject-Token");
        if (token != null) {
            exchange.getResponseHeaders().set("X-Subject-Token", token);
        }
        try (var body = status < 400 ? behind.getInputStream() : behind.getErrorStream()) {
            send(exchange, status, body == null ? new byte[0] : body.readAllBytes());
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
