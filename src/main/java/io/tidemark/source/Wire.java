package io.tidemark.source;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProxySelector;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * One request, one reply. Redirects are not followed: they would carry the token elsewhere. The
 * proxy and the certificates are those of the JVM.
 */
final class Wire implements AutoCloseable {
    private final HttpClient client;
    private final Patience patience;

    Wire(Patience patience) {
        this.patience = patience;
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(patience.connect())
                        .proxy(ProxySelector.getDefault())
                        .build();
    }

    Reply send(Call call, Map<String, String> headers) throws InterruptedException {
        HttpRequest request;
        try {
            request = request(call, headers);
        } catch (IllegalArgumentException quotesTheHeader) {
            return new Reply.Unsendable();
        }
        CompletableFuture<HttpResponse<byte[]>> exchange =
                client.sendAsync(request, answer -> new Bounded(patience.bodyBytes()));
        try {
            HttpResponse<byte[]> answer =
                    exchange.get(patience.request().toMillis(), TimeUnit.MILLISECONDS);
            return new Reply.Received(answer.statusCode(), answer.headers(), unpacked(answer));
        } catch (TimeoutException late) {
            return new Reply.Lost(
                    "no whole answer within " + patience.request().toMillis() + " ms");
        } catch (ExecutionException failed) {
            return lost(failed.getCause(), call);
        } catch (IOException broken) {
            return lost(broken, call);
        } finally {
            exchange.cancel(true);
        }
    }

    private static HttpRequest request(Call call, Map<String, String> headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(call.uri())
                        .method(
                                call.method(),
                                call.body().length == 0
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofByteArray(call.body()))
                        .header("Accept-Encoding", "gzip");
        headers.forEach(request::header);
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
            byte[] body = in.readNBytes(patience.bodyBytes());
            if (in.read() != -1) {
                throw new TooLong(patience.bodyBytes());
            }
            return body;
        }
    }

    private static Reply lost(@Nullable Throwable why, Call call) {
        return switch (why) {
            case TooLong tooLong -> new Reply.TooLong(String.valueOf(tooLong.getMessage()));
            case HttpConnectTimeoutException late ->
                    new Reply.NoConnection("no connection to " + call.host() + " in time");
            case ConnectException refused when isUnknownName(refused) ->
                    new Reply.NoConnection("the name " + call.uri().getHost() + " is not known");
            case ConnectException refused ->
                    new Reply.NoConnection("no connection to " + call.host());
            case SSLHandshakeException untrusted ->
                    new Reply.NoConnection(
                            "no secure connection to " + call.host() + ", " + words(untrusted));
            case null -> new Reply.Lost("the connection broke");
            default -> new Reply.Lost("the connection broke, " + words(why));
        };
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
        client.shutdownNow();
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
