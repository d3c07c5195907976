package io.tidemark.source.http;

import io.tidemark.job.Secret;
import java.util.Map;

/** A token somebody else fetched. It cannot be renewed here. */
record TokenCredentials(Secret token) implements Credentials {
    static final String HEADER = "X-Auth-Token";

    @Override
    public Outcome<Proof> proof() {
        return new Outcome.Ok<>(call -> Map.of(HEADER, token.reveal()));
    }

    @Override
    public boolean renew(Proof refused) {
        return false;
    }

    @Override
    public String advice() {
        return "Fetch a new token for source.auth.token (one lives 24 hours at most), and check"
                + " that its user may read the functions of source.project.";
    }
}
