package io.tidemark.source.http;

import io.tidemark.job.Secret;
import io.tidemark.job.SourceSpec;
import io.tidemark.source.http.Trouble.Circumstances;
import io.tidemark.source.http.Trouble.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Asks until there is an answer or nothing more is worth trying. Everything the source room sends
 * goes through here, and so through one budget.
 */
public final class Requests implements AutoCloseable {

    /** Makes a value of a good answer. */
    public interface Decoder<T> {
        T decode(Reply.Received answer) throws BrokenAnswer;
    }

    private final RequestBudget budget;
    private final RetryPolicy policy;
    private final Clockwork clockwork;
    private final HttpTransport transport;
    private final Credentials credentials;
    private final Secrets secrets = new Secrets();
    private volatile boolean everAnswered;
    private volatile boolean closed;

    private Requests(
            SourceSpec.Cloud server,
            RequestBudget budget,
            RetryPolicy policy,
            HttpTransport transport,
            Clockwork clockwork) {
        this.budget = budget;
        this.policy = policy;
        this.transport = transport;
        this.clockwork = clockwork;
        secretsOf(server.auth()).forEach(secret -> secrets.add(secret.reveal()));
        this.credentials = Credentials.of(server, this, clockwork);
    }

    /** Connects to nothing yet. As patient as is usual, through this process's proxies. */
    public static Requests open(SourceSpec.Cloud server, SourceSpec spec) {
        return open(
                server,
                spec.requestsPerSecond(),
                spec.connections(),
                RetryPolicy.USUAL.within(Runtime.getRuntime().maxMemory(), spec.connections()),
                Proxies.ofThisProcess(),
                Clockwork.real());
    }

    /**
     * @param requestsPerSecond empty for as many as are answered
     * @param connections requests in flight at most
     */
    public static Requests open(
            SourceSpec.Cloud server,
            OptionalDouble requestsPerSecond,
            int connections,
            RetryPolicy policy,
            Proxies proxies,
            Clockwork clockwork) {
        return new Requests(
                server,
                new RequestBudget(requestsPerSecond, connections, clockwork),
                policy,
                new HttpTransport(policy, proxies),
                clockwork);
    }

    /**
     * What a person should know before anything is sent there: a sentence for each server that is
     * asked in plain HTTP over the network, where everybody on the way reads token, password and
     * records. It is not refused: the endpoint is the user's choice, and behind a gateway of one's
     * own it may be right.
     */
    public static List<String> warnings(SourceSpec.Cloud server) {
        Map<String, URI> servers = new LinkedHashMap<>();
        servers.put("source.endpoint", server.endpoint());
        if (server.auth() instanceof SourceSpec.Password password) {
            servers.put("source.auth.password.iam", password.iam());
        }
        servers.values()
                .removeIf(one -> one.getScheme().equalsIgnoreCase("https") || Loopback.isIn(one));
        return servers.keySet().stream()
                .map(key ->
                        key
                                + " is http://: whoever is on the way reads credentials and records;"
                                + " use https://")
                .toList();
    }

    private static List<Secret> secretsOf(SourceSpec.Auth auth) {
        return switch (auth) {
            case SourceSpec.Token token -> List.of(token.token());
            case SourceSpec.Password password -> List.of(password.password());
            case SourceSpec.AccessKey key -> {
                List<Secret> all = new ArrayList<>(List.of(key.accessKey(), key.secretKey()));
                key.securityToken().ifPresent(all::add);
                yield all;
            }
        };
    }

    RetryPolicy policy() {
        return policy;
    }

    /** What is in here appears in no failure. */
    Secrets secrets() {
        return secrets;
    }

    /** Asks with the job's credentials. */
    public <T> Outcome<T> ask(Call call, Decoder<T> decoder) {
        return ask(call, credentials, decoder);
    }

    <T> Outcome<T> ask(Call call, Credentials credentials, Decoder<T> decoder) {
        Conversation<T> conversation = new Conversation<>(call, credentials, decoder);
        try {
            return conversation.hold();
        } catch (InterruptedException stopped) {
            if (!closed) {
                Thread.currentThread().interrupt();
            }
            return new Outcome.Failed<>(new Trouble(Kind.STOPPED, conversation.withoutAnswer("")));
        }
    }

    /** What is in flight or waits for its turn fails at once. */
    @Override
    public void close() {
        closed = true;
        clockwork.breakOff();
        transport.close();
    }

    /** One question with all its attempts. */
    private final class Conversation<T> {
        private final Call call;
        private final Credentials credentials;
        private final Decoder<T> decoder;
        private int attempts;
        private int failures;
        private int throttlings;
        private Duration waited = Duration.ZERO;
        private boolean renewed;

        private Conversation(Call call, Credentials credentials, Decoder<T> decoder) {
            this.call = call;
            this.credentials = credentials;
            this.decoder = decoder;
        }

        private Outcome<T> hold() throws InterruptedException {
            while (true) {
                Credentials.Proof proof;
                switch (credentials.proof()) {
                    case Outcome.Ok<Credentials.Proof>(Credentials.Proof given) -> proof = given;
                    case Outcome.Failed<Credentials.Proof>(Trouble trouble) -> {
                        return new Outcome.Failed<>(trouble);
                    }
                }
                Reply reply = send(proof);
                ErrorReply refusal;
                if (reply instanceof Reply.Received answer && answer.status() / 100 == 2) {
                    try {
                        return new Outcome.Ok<>(decoder.decode(answer));
                    } catch (BrokenAnswer broken) {
                        refusal = new ErrorReply(unavailable(answer.status(), broken.what()));
                    }
                } else {
                    refusal = refusal(reply);
                }
                if (!worthAnother(refusal, proof)) {
                    return new Outcome.Failed<>(finalForm(refusal));
                }
            }
        }

        private Reply send(Credentials.Proof proof) throws InterruptedException {
            budget.acquire();
            try {
                attempts++;
                Map<String, String> headers = new HashMap<>(proof.headers(call));
                // documented as mandatory, also on GET
                headers.put("Content-Type", "application/json");
                Reply reply = transport.send(call, headers);
                everAnswered |= reply instanceof Reply.Received;
                return reply;
            } finally {
                budget.release();
            }
        }

        /** Whether to ask once more; waits for it where that is the remedy. */
        private boolean worthAnother(ErrorReply refusal, Credentials.Proof proof)
                throws InterruptedException {
            return switch (refusal.trouble().kind().remedy()) {
                case WAIT -> waitForTheQuota(refusal);
                case REPEAT -> backOff(refusal);
                case RENEW -> !renewed && (renewed = credentials.renew(proof));
                case GIVE_UP -> false;
            };
        }

        private boolean waitForTheQuota(ErrorReply refusal) {
            throttlings++;
            Duration wait =
                    refusal.comeBackIn()
                            .filter(Duration::isPositive)
                            .map(policy.pause()::plus)
                            .orElseGet(() -> policy.backoff(throttlings, clockwork.chance()));
            if (waited.plus(wait).compareTo(policy.throttled()) > 0) {
                return false;
            }
            waited = waited.plus(wait);
            // slower than one request in the longest wait is no pace but a ban
            refusal.spacing()
                    .filter(spacing -> spacing.compareTo(policy.longestBackoff()) <= 0)
                    .ifPresent(budget::slowTo);
            // the quota is everybody's, so everybody waits: this question at its next turn
            budget.pause(wait);
            return true;
        }

        private boolean backOff(ErrorReply refusal) throws InterruptedException {
            failures++;
            if (failures >= (everAnswered ? policy.attempts() : policy.firstAttempts())) {
                return false;
            }
            Duration backoff = policy.backoff(failures, clockwork.chance());
            Duration wished = refusal.comeBackIn().orElse(Duration.ZERO);
            Duration granted =
                    wished.compareTo(policy.longestBackoff()) < 0
                            ? wished
                            : policy.longestBackoff();
            clockwork.sleep(backoff.compareTo(granted) < 0 ? granted : backoff);
            return true;
        }

        private ErrorReply refusal(Reply reply) {
            return switch (reply) {
                case Reply.Received answer ->
                        ErrorReply.of(
                                answer,
                                call.asked(),
                                attempts,
                                credentials.advice(),
                                secrets,
                                clockwork.now());
                case Reply.NoProxy(String why) ->
                        new ErrorReply(new Trouble(Kind.NO_PROXY, withoutAnswer(why)));
                case Reply.Untrusted(String why) ->
                        new ErrorReply(new Trouble(Kind.UNTRUSTED, withoutAnswer(why)));
                case Reply.NoConnection(String why) ->
                        new ErrorReply(new Trouble(Kind.UNREACHABLE, withoutAnswer(why)));
                case Reply.Lost(String why) ->
                        new ErrorReply(new Trouble(Kind.UNAVAILABLE, withoutAnswer(why)));
                case Reply.TooLong(String why) ->
                        new ErrorReply(new Trouble(Kind.TOO_LARGE, withoutAnswer(why)));
                case Reply.Unsendable() ->
                        new ErrorReply(
                                new Trouble(
                                        Kind.UNKNOWN_CALLER,
                                        withoutAnswer(
                                                "a credential in source.auth holds a character"
                                                        + " that no HTTP header can, such as a"
                                                        + " line break"),
                                        credentials.advice()));
            };
        }

        private Trouble finalForm(ErrorReply refusal) {
            Trouble trouble = refusal.trouble();
            if (trouble.kind() != Kind.THROTTLED) {
                return trouble;
            }
            return new Trouble(
                    Kind.THROTTLED,
                    trouble.circumstances(),
                    ", also after a wait of "
                            + waited.toSeconds()
                            + " s"
                            + refusal.comeBackIn()
                                    .map(time -> ", now for " + time.toSeconds() + " s")
                                    .orElse(""));
        }

        private Trouble unavailable(int status, String said) {
            return new Trouble(
                    Kind.UNAVAILABLE,
                    new Circumstances(call.asked(), OptionalInt.of(status), "", said, attempts));
        }

        private Circumstances withoutAnswer(String said) {
            return new Circumstances(
                    call.asked(), OptionalInt.empty(), "", secrets.quotable(said), attempts);
        }
    }
}
