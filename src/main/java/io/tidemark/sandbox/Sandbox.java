package io.tidemark.sandbox;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * An API server on loopback that holds made-up records, the same ones for the same settings, and
 * plays the list calls of FunctionGraph and the token call of IAM as {@link SandboxSettings} say.
 *
 * <p>At any moment it holds exactly as many records as the settings say: those created last. They
 * come into being, wait, run and end as the clock moves on.
 *
 * <p>For tests in another process it tells its truth by HTTP, too, without a token:
 *
 * <ul>
 *   <li>{@code GET /sandbox/truth} : {@link #truth()} as JSON lines: {@code function_urn}, {@code
 *       request_id}, {@code status} (normalised), {@code raw_status}, {@code error_code}, {@code
 *       error_message}, {@code start_time}, {@code end_time} (ISO instants); absent values are
 *       null. With {@code from} or {@code to} (ISO instants): those that started in the half-open
 *       span
 *   <li>{@code GET /sandbox/requests} : {@link #requests()} as JSON lines: {@code at}, {@code
 *       method}, {@code path}, {@code query}, {@code status}
 *   <li>{@code POST /sandbox/clock?now=2026-11-21T00:00:00Z} : freezes the records as they stand at
 *       this instant, which may be moved again
 * </ul>
 */
public final class Sandbox implements AutoCloseable {
    static {
        // without it each answer takes 40 ms; has to be set before the server's classes load
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final String[] NAMES = {
        "default:orders-intake",
        "default:orders-payment",
        "billing:invoice-mail",
        "media:image-resize",
        "default:reports-nightly"
    };

    private static final String[] HOSTILE_NAMES = {
        "default:orders",
        "default:Orders",
        "..:../../../etc/passwd",
        "default:" + "long-".repeat(60),
        "ü".repeat(100) + ":" + "🖼".repeat(60),
        "=cmd|'!A0:+1,\"2\"",
        "default:%2e%2E%00\\N\\.",
        "a?b&c#d:-e=f;g|h`i$(j)*",
        "\uFEFF\u202Egnp:\u200F<b>"
    };

    private final SandboxSettings settings;
    private final String project;
    private final List<FunctionUrn> functions;
    private final Archive archive;
    private final Gate gate;
    private final RequestLog log = new RequestLog();
    private final AtomicReference<Instant> frozenAt = new AtomicReference<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private Sandbox(SandboxSettings settings) throws IOException {
        long seed = settings.data().seed();
        this.settings = settings;
        this.project =
                String.format(
                        Locale.ROOT, "%016x%016x", History.mix(seed + 1), History.mix(seed + 2));
        String[] names =
                switch (settings.behaviour().of(Behaviour.Names.class)) {
                    case REALISTIC -> NAMES;
                    case HOSTILE -> HOSTILE_NAMES;
                };
        this.functions =
                Stream.iterate(0, i -> i + 1)
                        .limit(settings.data().functions())
                        .map(i ->
                                FunctionUrn.of(
                                        "urn:fss:eu-de:" + project + ":function:" + name(i, names)))
                        .toList();
        this.archive = new Archive(settings, functions);
        this.gate = new Gate(settings, project);
        settings.data().until().ifPresent(frozenAt::set);
        this.server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), settings.port()),
                        256);
        server.setExecutor(threads);
        Api api = new Api(settings, project, functions, archive, gate, () -> now().toEpochMilli());
        server.createContext("/", new FaultyDoor(settings, api, log));
        server.createContext("/sandbox/", new Inspection(this, frozenAt::set));
        server.start();
    }

    /**
     * Starts a server. It runs, and keeps the process alive, until it is closed.
     *
     * @throws UncheckedIOException where the port is taken
     */
    public static Sandbox start(SandboxSettings settings) {
        try {
            return new Sandbox(settings);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the sandbox cannot listen on port %d of loopback: %s"
                            .formatted(settings.port(), e.getMessage()),
                    e);
        }
    }

    /** Without a trailing slash. */
    public URI endpoint() {
        InetSocketAddress address = server.getAddress();
        return URI.create(
                "http://%s:%d".formatted(address.getAddress().getHostAddress(), address.getPort()));
    }

    /** The identity service: the same server. */
    public URI iam() {
        return endpoint();
    }

    /** The id of the one project there is. */
    public String project() {
        return project;
    }

    /** A token that is valid now. */
    public String token() {
        return gate.token();
    }

    /** All functions, those without records too, in the order of the function list. */
    public List<FunctionUrn> functions() {
        return functions;
    }

    /**
     * All records it holds now, as a client should normalise them, in the order of creation; those
     * that lists do not show yet too. Not in it: what no client can normalise, see {@link
     * Behaviour.Damage}. Made while it is read; nothing is kept in memory.
     */
    public Stream<Invocation> truth() {
        return archive.truth(now().toEpochMilli());
    }

    /** How many records it holds now that are not in {@link #truth()}. */
    public long damaged() {
        return archive.damaged(now().toEpochMilli());
    }

    /** The latest 20,000 requests to the API, oldest first. */
    public List<Request> requests() {
        return log.requests();
    }

    /** Stops at once; requests that are being answered are cut off. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private Instant now() {
        Instant frozen = frozenAt.get();
        return frozen == null ? settings.clock().instant() : frozen;
    }

    private static String name(int i, String... names) {
        String name = names[i % names.length];
        return i < names.length ? name : name + "-" + (i / names.length + 1);
    }
}
