package io.tidemark.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Where requests come in and answers go out; some of them the wrong ones, on purpose. */
final class FaultyDoor implements HttpHandler {
    private static final int LARGEST_KEPT_BUFFER = 1 << 20;

    private final SandboxSettings settings;
    private final Faults faults;
    private final Faults.Kind[] kinds;
    private final Api api;
    private final RequestLog log;
    private final AtomicLong requests = new AtomicLong();
    private final Queue<Json> buffers = new ConcurrentLinkedQueue<>();
    private long second;
    private int requestsInSecond;

    FaultyDoor(SandboxSettings settings, Api api, RequestLog log) {
        this.settings = settings;
        this.faults = settings.faults();
        this.kinds = faults.kinds().stream().sorted().toArray(Faults.Kind[]::new);
        this.api = api;
        this.log = log;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        Json buffer = Objects.requireNonNullElseGet(buffers.poll(), () -> new Json(1 << 17));
        try (exchange) {
            pause(settings.latency());
            Call call = Call.of(exchange);
            Faults.Kind fault = draw();
            Answer wrong = fault == null ? null : substitute(fault);
            send(exchange, wrong == null ? answer(call, buffer) : wrong, fault);
        } finally {
            if (buffer.bytes().length <= LARGEST_KEPT_BUFFER) {
                buffers.add(buffer.clear());
            }
        }
    }

    private Answer answer(Call call, Json buffer) {
        try {
            return api.answer(call, buffer);
        } catch (ErrorAnswer refusal) {
            return refusal.answer();
        } catch (RuntimeException e) {
            return ErrorAnswer.fss(500, "FSS.0500", "a mistake in the sandbox itself: " + e)
                    .answer();
        }
    }

    /** How this request is to fail; null if it is not. */
    private Faults.@Nullable Kind draw() {
        if (faults.requestsPerSecond() > 0 && isTooMany()) {
            return Faults.Kind.THROTTLED;
        }
        long hash = History.mix(History.mix(faults.seed()) + requests.getAndIncrement());
        boolean fails = (hash >>> 11) * 0x1p-53 < faults.share();
        return fails ? kinds[(int) Long.remainderUnsigned(History.mix(hash), kinds.length)] : null;
    }

    private synchronized boolean isTooMany() {
        long now = settings.clock().instant().getEpochSecond();
        if (now != second) {
            second = now;
            requestsInSecond = 0;
        }
        return ++requestsInSecond > faults.requestsPerSecond();
    }

    /** What is answered in place of the right answer; null where the right one is spoiled later. */
    private @Nullable Answer substitute(Faults.Kind kind) {
        return switch (kind) {
            case THROTTLED ->
                    ErrorAnswer.apigw(
                                    429,
                                    "APIGW.0308",
                                    "The throttling threshold has been reached: policy user over"
                                            + " ratelimit,"
                                            + quota())
                            .answer();
            case THROTTLED_RETRY_AFTER_ONE_SECOND -> throttled("1");
            case THROTTLED_RETRY_AFTER_ZERO -> throttled("0");
            case THROTTLED_RETRY_AFTER_DATE -> {
                Instant later = settings.clock().instant().plusSeconds(1);
                yield throttled(
                        DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                later.atOffset(ZoneOffset.UTC)));
            }
            case REQUEST_TIMEOUT_408 ->
                    ErrorAnswer.fss(408, "FSS.0408", "request timeout").answer();
            case ERROR_500 -> ErrorAnswer.fss(500, "FSS.0500", "internal error").answer();
            case BAD_GATEWAY_502_HTML -> Answer.html(502, "502 Bad Gateway");
            case UNAVAILABLE_503_EMPTY -> new Answer(503, new Json(0));
            case GATEWAY_TIMEOUT_504 ->
                    ErrorAnswer.fss(504, "FSS.0504", "gateway timeout").answer();
            case HTML_200 -> Answer.html(200, "Maintenance");
            case EMPTY_200 -> new Answer(200, new Json(0));
            case NO_LIST_200 -> new Answer(200, Json.of("{\"count\":0}"));
            case CUT_BODY, CUT_CONNECTION, CLOSED, SLOW -> null;
        };
    }

    private static Answer throttled(String retryAfter) {
        return ErrorAnswer.fss(429, "FSS.0429", "too many requests")
                .answer()
                .withHeader("Retry-After", retryAfter);
    }

    /** As the vendor's gateway words it. */
    private String quota() {
        return faults.requestsPerSecond() > 0
                ? "limit:" + faults.requestsPerSecond() + ",time:1 second"
                : "limit:200,time:5 minute";
    }

    private void send(HttpExchange exchange, Answer answer, Faults.@Nullable Kind fault)
            throws IOException {
        if (fault == Faults.Kind.SLOW) {
            pause(faults.slowness());
        }
        boolean isClosed = fault == Faults.Kind.CLOSED;
        // before the answer, so that whoever has it finds it in the log
        String query = exchange.getRequestURI().getRawQuery();
        log.add(
                new Request(
                        settings.clock().instant(),
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().getRawPath(),
                        query == null ? "" : query,
                        isClosed ? 0 : answer.status()));
        if (isClosed) {
            return; // the exchange ends without an answer, and with it the connection
        }
        int whole = answer.body().length();
        int half = whole / 2;
        int promised = fault == Faults.Kind.CUT_BODY ? half : whole;
        int sent = fault == Faults.Kind.CUT_CONNECTION ? half : promised;
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(answer.status(), promised == 0 ? -1 : promised);
        if (sent > 0) {
            exchange.getResponseBody().write(answer.body().bytes(), 0, sent);
        }
    }

    private static void pause(Duration duration) throws IOException {
        if (duration.isZero()) {
            return;
        }
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            throw new InterruptedIOException("the sandbox was closed");
        }
    }
}
