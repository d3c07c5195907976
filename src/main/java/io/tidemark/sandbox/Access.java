package io.tidemark.sandbox;

import java.time.Duration;
import java.util.Optional;

/**
 * Who may ask: tokens for one user, and signed requests with one access key.
 *
 * @param login what the token endpoint accepts
 * @param tokenLifetime from issue to expiry
 * @param requestsPerToken a token is revoked after this many requests; 0 for never
 * @param key whose signatures are accepted; empty: no signature is
 */
public record Access(
        Login login, Duration tokenLifetime, int requestsPerToken, Optional<AccessKey> key) {

    /** A user of a domain, with password. */
    public record Login(String domain, String user, String password) {
        @Override
        public String toString() {
            return domain + "/" + user;
        }
    }

    /**
     * A key pair for signed requests.
     *
     * @param securityToken present for temporary keys: what {@code X-Security-Token} has to say
     */
    public record AccessKey(String accessKey, String secretKey, Optional<String> securityToken) {
        @Override
        public String toString() {
            return accessKey;
        }
    }

    /** Domain, user and password {@code sandbox}; tokens for 24 hours; no access key. */
    public static final Access DEFAULT =
            new Access(
                    new Login("sandbox", "sandbox", "sandbox"),
                    Duration.ofHours(24),
                    0,
                    Optional.empty());

    public Access {
        if (!tokenLifetime.isPositive() || requestsPerToken < 0) {
            throw new IllegalArgumentException("a token that is never valid");
        }
    }

    public Access withLogin(Login value) {
        return new Access(value, tokenLifetime, requestsPerToken, key);
    }

    public Access withTokenLifetime(Duration value) {
        return new Access(login, value, requestsPerToken, key);
    }

    public Access withRequestsPerToken(int value) {
        return new Access(login, tokenLifetime, value, key);
    }

    public Access withKey(AccessKey value) {
        return new Access(login, tokenLifetime, requestsPerToken, Optional.of(value));
    }
}
