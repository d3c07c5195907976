package io.tidemark.source.http;

import io.tidemark.job.SourceSpec;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Access key and secret key: every attempt is signed afresh, a signature is good for 15 minutes.
 */
record KeyCredentials(SourceSpec.AccessKey key, String project, Clockwork clockwork)
        implements Credentials {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    @Override
    public Outcome<Proof> proof() {
        return new Outcome.Ok<>(this::sign);
    }

    private Map<String, String> sign(Call call) {
        Map<String, String> headers = new HashMap<>();
        headers.put(RequestSignature.DATE_HEADER, DATE.format(clockwork.now()));
        headers.put("X-Project-Id", project);
        key.securityToken().ifPresent(token -> headers.put("X-Security-Token", token.reveal()));

        // the client sends this header itself
        Map<String, String> signed = new HashMap<>(headers);
        signed.put("Host", call.host());
        headers.put(
                "Authorization",
                RequestSignature.authorization(
                        key.accessKey().reveal(), key.secretKey().reveal(), call, signed));
        return headers;
    }

    /** A signature that was refused may have been too old when it arrived. */
    @Override
    public boolean renew(Proof refused) {
        return true;
    }

    @Override
    public String advice() {
        return "Check source.auth.aksk (temporary keys need security-token and expire), this"
                + " machine's clock, and that the keys may read the functions of source.project.";
    }
}
