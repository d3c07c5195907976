package io.tidemark.source.http;

import io.tidemark.job.SourceSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * User and password, exchanged for a token at the identity service: when first needed, ahead of its
 * expiry, and when it is refused. One thread does it, the others wait for its token.
 */
final class PasswordCredentials implements Credentials {
    private static final Duration DOCUMENTED_LIFE = Duration.ofHours(24);
    private static final Duration BEFORE_TRYING_AGAIN = Duration.ofMinutes(1);

    private final SourceSpec.Password password;
    private final String project;
    private final Requests requests;
    private final Clockwork clockwork;

    private final AtomicReference<@Nullable Issued> current = new AtomicReference<>();
    private final ReentrantLock renewal = new ReentrantLock();
    // under the lock; a password that was refused is not tried again: that locks accounts
    private @Nullable Trouble refusal;

    private record Issued(String token, Instant renewAt, Instant expires) implements Proof {
        @Override
        public Map<String, String> headers(Call call) {
            return Map.of(TokenCredentials.HEADER, token);
        }

        /** No secret in a text form. */
        @Override
        public String toString() {
            return "a token until " + expires;
        }
    }

    PasswordCredentials(
            SourceSpec.Password password, String project, Requests requests, Clockwork clockwork) {
        this.password = password;
        this.project = project;
        this.requests = requests;
        this.clockwork = clockwork;
    }

    @Override
    public Outcome<Proof> proof() throws InterruptedException {
        Issued issued = current.get();
        if (issued != null && clockwork.now().isBefore(issued.renewAt())) {
            return new Outcome.Ok<>(issued);
        }
        renewal.lockInterruptibly();
        try {
            return renewed();
        } finally {
            renewal.unlock();
        }
    }

    private Outcome<Proof> renewed() {
        Issued issued = current.get();
        if (issued != null && clockwork.now().isBefore(issued.renewAt())) {
            return new Outcome.Ok<>(issued);
        }
        if (refusal != null) {
            return new Outcome.Failed<>(refusal);
        }
        return switch (requests.ask(question(), IN_THE_BODY, this::issued)) {
            case Outcome.Ok<Issued>(Issued fresh) -> {
                current.set(fresh);
                yield new Outcome.Ok<>(fresh);
            }
            case Outcome.Failed<Issued>(Trouble trouble) -> {
                if (trouble.kind().remedy() == Trouble.Remedy.RENEW) {
                    refusal = trouble;
                }
                if (issued != null && clockwork.now().isBefore(issued.expires())) {
                    // too early to be a problem: the old token still serves
                    Instant again = clockwork.now().plus(BEFORE_TRYING_AGAIN);
                    Issued kept = new Issued(issued.token(), again, issued.expires());
                    current.set(kept);
                    yield new Outcome.Ok<>(kept);
                }
                yield new Outcome.Failed<>(trouble);
            }
        };
    }

    private Call question() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode auth = body.putObject("auth");
        ObjectNode identity = auth.putObject("identity");
        identity.putArray("methods").add("password");
        ObjectNode user = identity.putObject("password").putObject("user");
        user.put("name", password.user()).put("password", password.password().reveal());
        user.putObject("domain").put("name", password.domain());
        auth.putObject("scope").putObject("project").put("id", project);
        return Call.post(
                Asked.identityService("a token of " + password.iam()),
                password.iam() + "/v3/auth/tokens",
                body.toString());
    }

    private Issued issued(Reply.Received answer) throws BrokenAnswer {
        String token =
                answer.headers()
                        .firstValue("X-Subject-Token")
                        .filter(text -> !text.isBlank())
                        .orElseThrow(() -> new BrokenAnswer("an answer without a token"));
        requests.secrets().add(token);
        Instant now = clockwork.now();
        Instant expires =
                Json.text(Json.object(answer.body()).path("token").path("expires_at"))
                        .map(CloudTime::parse)
                        .orElse(now.plus(DOCUMENTED_LIFE));
        Duration ahead = requests.policy().renewAhead();
        Duration halfLife = Duration.between(now, expires).dividedBy(2);
        Instant renewAt = expires.minus(ahead.compareTo(halfLife) < 0 ? ahead : halfLife);
        return new Issued(token, renewAt, expires);
    }

    /** Drops the token that was refused, unless another thread has replaced it already. */
    @Override
    public boolean renew(Proof refused) {
        Issued issued = current.get();
        if (issued != null && refused instanceof Issued old && old.token().equals(issued.token())) {
            current.compareAndSet(issued, null);
        }
        return true;
    }

    @Override
    public String advice() {
        return "Check that the user in source.auth.password may read the functions of"
                + " source.project.";
    }
}
