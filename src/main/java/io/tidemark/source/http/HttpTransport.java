package io.tidemark.source.http;

import io.tidemark.job.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One request, one reply. Redirects are not followed: they would carry the token elsewhere. Whose
 * certificates are trusted is up to the JVM.
 */
final class HttpTransport implements AutoCloseable {
    private static final String NO_LOGIN_FOR = "jdk.http.auth.tunneling.disabledSchemes";

    private static final int LOGIN_WANTED = 407;
    private static final Pattern NO_TUNNEL = Pattern.compile("Tunnel failed, got: ([0-9]{3})");

    static {
        // As it is delivered, Java keeps user and password from a proxy on the way to https. Who
        // names them in the address of the proxy wants them sent. Read once, before the first
        // client is made.
        if (System.getProperty(NO_LOGIN_FOR) == null) {
            System.setProperty(NO_LOGIN_FOR, "");
        }
    }

    private final RetryPolicy policy;
    private final Proxies proxies;
    private final Optional<HttpClient> client;

    HttpTransport(RetryPolicy policy, Proxies proxies) {
        this.policy = policy;
        this.proxies = proxies;
        this.client = client(policy, proxies);
    }

    /** Empty where the JVM's trust store cannot be read. */
    private static Optional<HttpClient> client(RetryPolicy policy, Proxies proxies) {
        try {
            return Optional.of(
                    HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .connectTimeout(policy.connect())
                            .executor(Runnable::run)
                            .proxy(proxies)
                            .build());
        } catch (UncheckedIOException unreadable) {
            return Optional.empty();
        }
    }

    Reply send(Call call, Map<String, String> headers) throws InterruptedException {
        if (client.isEmpty()) {
            return new Reply.Untrusted("the trust store that Java was given cannot be read");
        }
        Proxies.Way way = proxies.to(call.uri());
        return switch (way) {
            case Proxies.Straight straight ->
                    send(client.get(), call, headers, Optional.empty(), way);
            case Proxies.Through through -> send(client.get(), call, headers, through.login(), way);
            case Proxies.Nowhere(String why) -> new Reply.NoProxy(why);
        };
    }

    private Reply send(
            HttpClient client,
            Call call,
            Map<String, String> headers,
            Optional<Secret> login,
            Proxies.Way way)
            throws InterruptedException {
        HttpRequest request;
        try {
            request = request(call, headers, login);
        } catch (IllegalArgumentException quotesTheHeader) {
            return new Reply.Unsendable();
        }
        CompletableFuture<HttpResponse<byte[]>> exchange =
                client.sendAsync(request, answer -> new Bounded(policy.bodyBytes()));
        try {
            HttpResponse<byte[]> answer =
                    exchange.get(policy.request().toMillis(), TimeUnit.MILLISECONDS);
            if (answer.statusCode() == LOGIN_WANTED && way instanceof Proxies.Through) {
                // before a tunnel, it has not even an empty body
                return new Reply.NoProxy(way + " wants a user and password, or other ones");
            }
            return new Reply.Received(answer.statusCode(), answer.headers(), unpacked(answer));
        } catch (TimeoutException late) {
            return new Reply.Lost("no whole answer within " + policy.request().toMillis() + " ms");
        } catch (ExecutionException failed) {
            return lost(failed.getCause(), call, way);
        } catch (IOException broken) {
            return lost(broken, call, way);
        } finally {
            exchange.cancel(true);
        }
    }

    private static HttpRequest request(
            Call call, Map<String, String> headers, Optional<Secret> login) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(call.uri())
                        .method(
                                call.method(),
                                call.body().length == 0
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofByteArray(call.body()))
                        .header("Accept-Encoding", "gzip");
        headers.forEach(request::header);
        // goes to the proxy alone, not through the tunnel
        login.ifPresent(words -> request.header("Proxy-Authorization", words.reveal()));
        return request.build();
    }

    private byte[] unpacked(HttpResponse<byte[]> answer) throws IOException {
        HttpHeaders headers = answer.headers();
        boolean packed =
                headers.firstValue("Content-Encoding").filter("gzip"::equalsIgnoreCase).isPresent();
        if (!packed || answer.body().length == 0) {
            return answer.body();
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            byte[] body = in.readNBytes(policy.bodyBytes());
            if (in.read() != -1) {
                throw new TooLong(policy.bodyBytes());
            }
            return body;
        }
    }

    private static Reply lost(@Nullable Throwable why, Call call, Proxies.Way way) {
        // what the connection is made to
        String server = way instanceof Proxies.Through proxy ? proxy.toString() : call.host();
        return switch (why) {
            case TooLong tooLong -> new Reply.TooLong(String.valueOf(tooLong.getMessage()));
            case HttpConnectTimeoutException late ->
                    new Reply.NoConnection("no connection to " + server + " in time");
            case ConnectException refused when isUnknownName(refused) ->
                    new Reply.NoConnection("the name of " + server + " is not known");
            case ConnectException refused -> new Reply.NoConnection("no connection to " + server);
            case SSLException insecure ->
                    Distrust.in(insecure)
                            .<Reply>map(
                                    reason -> new Reply.Untrusted(reason.formatted(call.host())))
                            .orElseGet(() ->
                                    new Reply.NoConnection(
                                            "no secure connection to "
                                                    + call.host()
                                                    + ", "
                                                    + words(insecure)));
            case null -> new Reply.Lost("the connection broke");
            default -> noTunnel(why, server).orElseGet(() -> broken(why));
        };
    }

    /** A proxy that answers, but not with a tunnel; Java tells that in words alone. */
    private static Optional<Reply> noTunnel(Throwable why, String proxy) {
        Matcher refusal = NO_TUNNEL.matcher(words(why));
        if (!refusal.find()) {
            return Optional.empty();
        }
        int status = Integer.parseInt(refusal.group(1));
        return Optional.of(
                status >= 500
                        ? new Reply.NoConnection(proxy + " answered " + status)
                        : new Reply.NoProxy(proxy + " answered " + status));
    }

    private static Reply broken(Throwable why) {
        return new Reply.Lost("the connection broke, " + words(why));
    }

    private static boolean isUnknownName(Throwable why) {
        for (Throwable cause = why; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    private static String words(Throwable why) {
        return why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
    }

    @Override
    public void close() {
        client.ifPresent(HttpClient::shutdownNow);
    }

    private static final class TooLong extends IOException {
        private TooLong(int bytes) {
            super("one of more than " + bytes + " bytes is not taken");
        }
    }

    /** Collects a body and breaks off where it gets too long. */
    private static final class Bounded implements BodySubscriber<byte[]> {
        private final BodySubscriber<byte[]> body = HttpResponse.BodySubscribers.ofByteArray();
        private final int limit;
        private long bytes;
        private Flow.@Nullable Subscription subscription;

        private Bounded(int limit) {
            this.limit = limit;
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return body.getBody();
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            body.onSubscribe(given);
        }

        @Override
        public void onNext(List<ByteBuffer> items) {
            for (ByteBuffer item : items) {
                bytes += item.remaining();
            }
            if (bytes <= limit) {
                body.onNext(items);
            } else {
                if (subscription != null) {
                    subscription.cancel();
                }
                body.onError(new TooLong(limit));
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.onError(failure);
        }

        @Override
        public void onComplete() {
            body.onComplete();
        }
    }
}
