package io.tidemark.source;

import io.tidemark.source.Failure.Circumstances;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Asks until there is an answer or nothing more is worth trying. Everything the source room sends
 * goes through here, and so through one budget.
 */
final class Requests implements AutoCloseable {

    /** Makes a value of a good answer. */
    interface Decoder<T> {
        T decode(Reply.Received answer) throws BrokenAnswer;
    }

    private final RequestBudget budget;
    private final Patience patience;
    private final Clockwork clockwork;
    private final Wire wire;
    private final Secrets secrets = new Secrets();
    private volatile boolean everAnswered;
    private volatile boolean closed;

    /**
     * @param wire closed together with this
     */
    Requests(RequestBudget budget, Patience patience, Wire wire, Clockwork clockwork) {
        this.budget = budget;
        this.patience = patience;
        this.wire = wire;
        this.clockwork = clockwork;
    }

    Patience patience() {
        return patience;
    }

    /** What is in here appears in no failure. */
    Secrets secrets() {
        return secrets;
    }

    <T> Answer<T> ask(Call call, Credentials credentials, Decoder<T> decoder) {
        Conversation<T> conversation = new Conversation<>(call, credentials, decoder);
        try {
            return conversation.hold();
        } catch (InterruptedException stopped) {
            if (!closed) {
                Thread.currentThread().interrupt();
            }
            return new Answer.Failed<>(new Failure.Stopped(conversation.withoutAnswer("")));
        }
    }

    /** What is in flight or waits for its turn fails at once. */
    @Override
    public void close() {
        closed = true;
        clockwork.breakOff();
        wire.close();
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

        private Answer<T> hold() throws InterruptedException {
            while (true) {
                Credentials.Proof proof;
                switch (credentials.proof()) {
                    case Answer.Ok<Credentials.Proof>(Credentials.Proof given) -> proof = given;
                    case Answer.Failed<Credentials.Proof>(Failure failure) -> {
                        return new Answer.Failed<>(failure);
                    }
                }
                Reply reply = send(proof);
                Refusal refusal;
                if (reply instanceof Reply.Received answer && answer.status() / 100 == 2) {
                    try {
                        return new Answer.Ok<>(decoder.decode(answer));
                    } catch (BrokenAnswer broken) {
                        refusal = new Refusal(unavailable(answer.status(), broken.what()));
                    }
                } else {
                    refusal = refusal(reply);
                }
                if (!worthAnother(refusal, proof)) {
                    return new Answer.Failed<>(finalForm(refusal));
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
                Reply reply = wire.send(call, headers);
                everAnswered |= reply instanceof Reply.Received;
                return reply;
            } finally {
                budget.release();
            }
        }

        /** Whether to ask once more; waits for it where that is the remedy. */
        private boolean worthAnother(Refusal refusal, Credentials.Proof proof)
                throws InterruptedException {
            return switch (refusal.failure().remedy()) {
                case WAIT -> waitForTheQuota(refusal);
                case REPEAT -> backOff(refusal);
                case RENEW -> !renewed && (renewed = credentials.renew(proof));
                case GIVE_UP -> false;
            };
        }

        private boolean waitForTheQuota(Refusal refusal) {
            throttlings++;
            Duration wait =
                    refusal.comeBackIn()
                            .filter(Duration::isPositive)
                            .map(patience.pause()::plus)
                            .orElseGet(() -> patience.backoff(throttlings, clockwork.chance()));
            if (waited.plus(wait).compareTo(patience.throttled()) > 0) {
                return false;
            }
            waited = waited.plus(wait);
            // slower than one request in the longest wait is no pace but a ban
            refusal.spacing()
                    .filter(spacing -> spacing.compareTo(patience.longestBackoff()) <= 0)
                    .ifPresent(budget::slowTo);
            // the quota is everybody's, so everybody waits: this question at its next turn
            budget.pause(wait);
            return true;
        }

        private boolean backOff(Refusal refusal) throws InterruptedException {
            failures++;
            if (failures >= (everAnswered ? patience.attempts() : patience.firstAttempts())) {
                return false;
            }
            Duration backoff = patience.backoff(failures, clockwork.chance());
            Duration wished = refusal.comeBackIn().orElse(Duration.ZERO);
            Duration granted =
                    wished.compareTo(patience.longestBackoff()) < 0
                            ? wished
                            : patience.longestBackoff();
            clockwork.sleep(backoff.compareTo(granted) < 0 ? granted : backoff);
            return true;
        }

        private Refusal refusal(Reply reply) {
            return switch (reply) {
                case Reply.Received answer ->
                        Refusal.of(
                                answer,
                                call.asked(),
                                attempts,
                                credentials.advice(),
                                secrets,
                                clockwork.now());
                case Reply.NoProxy(String why) ->
                        new Refusal(new Failure.NoProxy(withoutAnswer(why)));
                case Reply.Untrusted(String why) ->
                        new Refusal(new Failure.Untrusted(withoutAnswer(why)));
                case Reply.NoConnection(String why) ->
                        new Refusal(new Failure.Unreachable(withoutAnswer(why)));
                case Reply.Lost(String why) ->
                        new Refusal(new Failure.Unavailable(withoutAnswer(why)));
                case Reply.TooLong(String why) ->
                        new Refusal(new Failure.TooLarge(withoutAnswer(why)));
                case Reply.Unsendable() ->
                        new Refusal(
                                new Failure.Denied(
                                        withoutAnswer(
                                                "a credential in source.auth holds a character"
                                                        + " that no HTTP header can, such as a"
                                                        + " line break"),
                                        credentials.advice()));
            };
        }

        private Failure finalForm(Refusal refusal) {
            return refusal.failure() instanceof Failure.Throttled throttled
                    ? new Failure.Throttled(throttled.circumstances(), waited, refusal.comeBackIn())
                    : refusal.failure();
        }

        private Failure unavailable(int status, String said) {
            return new Failure.Unavailable(
                    new Circumstances(call.asked(), OptionalInt.of(status), "", said, attempts));
        }

        private Circumstances withoutAnswer(String said) {
            return new Circumstances(
                    call.asked(), OptionalInt.empty(), "", secrets.quotable(said), attempts);
        }
    }
}
