package io.tidemark.source.http;

import io.tidemark.job.Secret;
import io.tidemark.job.SourceSpec;
import java.util.Map;

/** What proves to the source who asks. One for all threads of a run. */
interface Credentials {

    /** What proves it for one attempt. */
    interface Proof {
        /** Made right before the call is sent, because a signature carries the time. */
        Map<String, String> headers(Call call);
    }

    /** May ask elsewhere first, and fail there. */
    Outcome<Proof> proof() throws InterruptedException;

    /** Whether another proof can be had in place of one that was refused. */
    boolean renew(Proof refused);

    /** What a person can do when access is denied; one sentence. */
    String advice();

    static Credentials of(SourceSpec.Cloud cloud, Requests requests, Clockwork clockwork) {
        return switch (cloud.auth()) {
            case SourceSpec.Token(Secret token) -> new TokenCredentials(token);
            case SourceSpec.Password password ->
                    new PasswordCredentials(password, cloud.project(), requests, clockwork);
            case SourceSpec.AccessKey key -> new KeyCredentials(key, cloud.project(), clockwork);
        };
    }

    /** For the call that fetches a token: the proof is in its body. */
    Credentials IN_THE_BODY =
            new Credentials() {
                @Override
                public Outcome<Proof> proof() {
                    return new Outcome.Ok<>(call -> Map.of());
                }

                @Override
                public boolean renew(Proof refused) {
                    return false;
                }

                @Override
                public String advice() {
                    return "Check domain, user and password in source.auth.password, and"
                            + " source.project.";
                }
            };
}
