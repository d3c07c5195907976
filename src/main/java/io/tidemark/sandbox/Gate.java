package io.tidemark.sandbox;

import io.tidemark.sandbox.Access.AccessKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Gives tokens out, and lets in who has one or signs. */
final class Gate {
    /** What the project may be called instead of by its id. */
    static final String PROJECT_NAME = "eu-de_sandbox";

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration SIGNATURE_LIFETIME = Duration.ofMinutes(15);
    private static final DateTimeFormatter SIGNED_AT =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter IAM_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final Pattern AUTHORIZATION =
            Pattern.compile(
                    Signature.ALGORITHM
                            + " Access=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})");

    private final Access access;
    private final Behaviour.BadToken badToken;
    private final String project;
    private final long seed;
    private final InstantSource clock;
    private final Map<String, Token> tokens = new HashMap<>();
    private long issued;
    private String current;

    private static final class Token {
        private final Instant expiry;
        private int requests;

        Token(Instant expiry) {
            this.expiry = expiry;
        }
    }

    Gate(SandboxSettings settings, String project) {
        this.access = settings.access();
        this.badToken = settings.behaviour().of(Behaviour.BadToken.class);
        this.seed = settings.data().seed();
        this.clock = settings.clock();
        this.project = project;
        this.current = issue();
    }

    /** One that is valid now. */
    synchronized String token() {
        if (!isValid(current)) {
            current = issue();
        }
        return current;
    }

    /**
     * Lets the call pass.
     *
     * @throws ErrorAnswer what is wrong with its token or signature
     */
    void admit(Call call) {
        String token = call.headers().get("x-auth-token");
        String authorization = call.headers().get("authorization");
        if (token != null) {
            admitToken(token);
        } else if (authorization != null) {
            admitSignature(call, authorization);
        } else {
            throw unauthenticated("x-auth-token not found");
        }
    }

    private synchronized void admitToken(String token) {
        if (!isValid(token)) {
            throw switch (badToken) {
                case APIGW_401 ->
                        ErrorAnswer.apigw(401, "APIGW.0307", "The token must be updated.");
                case FSS_401 -> ErrorAnswer.fss(401, "FSS.0401", "unauthorized");
                case FSS_403 -> ErrorAnswer.fss(403, "FSS.0403", "invalid token");
            };
        }
        tokens.get(token).requests++;
    }

    private boolean isValid(String token) {
        Token known = tokens.get(token);
        return known != null
                && clock.instant().isBefore(known.expiry)
                && (access.requestsPerToken() == 0 || known.requests < access.requestsPerToken());
    }

    private String issue() {
        Instant now = clock.instant();
        tokens.values().removeIf(token -> !now.isBefore(token.expiry));
        issued++;
        String token =
                "sandbox-%016x%016x"
                        .formatted(
                                History.mix(seed * 31 + issued),
                                History.mix(seed * 37 + issued + 1));
        tokens.put(token, new Token(now.plus(access.tokenLifetime())));
        return token;
    }

    private void admitSignature(Call call, String authorization) {
        AccessKey key =
                access.key().orElseThrow(() -> unauthenticated("no access key is accepted"));
        Matcher parts = AUTHORIZATION.matcher(authorization);
        if (!parts.matches()) {
            throw unauthenticated("the Authorization header is malformed");
        }
        List<String> signed = Arrays.asList(parts.group(2).split(";"));
        if (!signed.contains("host") || !signed.contains("x-sdk-date")) {
            throw unauthenticated("host and x-sdk-date have to be signed");
        }
        if (!call.headers().keySet().containsAll(signed)
                || !signed.equals(signed.stream().sorted().toList())) {
            throw unauthenticated("a signed header is missing, or they are not sorted");
        }
        String date = call.headers().get("x-sdk-date");
        if (age(date).abs().compareTo(SIGNATURE_LIFETIME) > 0) {
            throw unauthenticated("the signature expired: x-sdk-date is " + date);
        }
        if (!parts.group(1).equals(key.accessKey())
                || !isSame(parts.group(3), Signature.of(call, signed, date, key.secretKey()))) {
            throw unauthenticated("verify aksk signature fail");
        }
        if (key.securityToken().isPresent()
                && !key.securityToken().get().equals(call.headers().get("x-security-token"))) {
            throw unauthenticated("the security token is missing or wrong");
        }
        if (!call.headers().getOrDefault("x-project-id", project).equals(project)) {
            throw ErrorAnswer.fss(403, "FSS.0403", "X-Project-Id names another project");
        }
    }

    private Duration age(String date) {
        try {
            return Duration.between(SIGNED_AT.parse(date, Instant::from), clock.instant());
        } catch (DateTimeParseException e) {
            throw unauthenticated("x-sdk-date is no date: " + date);
        }
    }

    private static boolean isSame(String one, String other) {
        return MessageDigest.isEqual(
                one.getBytes(StandardCharsets.US_ASCII), other.getBytes(StandardCharsets.US_ASCII));
    }

    private static ErrorAnswer unauthenticated(String why) {
        return ErrorAnswer.apigw(
                401, "APIGW.0301", "Incorrect IAM authentication information: " + why);
    }

    /** {@code POST /v3/auth/tokens}: a token for a password. */
    Answer logIn(Call call) {
        JsonNode auth;
        try {
            auth = JSON.readTree(call.body()).path("auth");
        } catch (JacksonException e) {
            throw ErrorAnswer.iam(400, "Bad Request", "The request body is no JSON.");
        }
        JsonNode user = auth.at("/identity/password/user");
        if (!auth.at("/identity/methods/0").asString("").equals("password")
                || user.isMissingNode()) {
            throw ErrorAnswer.iam(
                    400, "Bad Request", "Only the method password is known, with a user.");
        }
        Access.Login asked =
                new Access.Login(
                        user.at("/domain/name").asString(""),
                        user.path("name").asString(""),
                        user.path("password").asString(""));
        if (!asked.equals(access.login())) {
            throw ErrorAnswer.iam(401, "Unauthorized", "The username or password is wrong.");
        }
        JsonNode scope = auth.at("/scope/project");
        if (!scope.path("id").asString("").equals(project)
                && !scope.path("name").asString("").equals(PROJECT_NAME)) {
            throw ErrorAnswer.iam(401, "Unauthorized", "The scope names no project of this user.");
        }
        String token;
        Instant now;
        synchronized (this) {
            now = clock.instant();
            token = issue();
        }
        Json body =
                new Json(512)
                        .raw("{\"token\":{\"expires_at\":")
                        .text(IAM_TIME.format(now.plus(access.tokenLifetime())))
                        .raw(",\"issued_at\":")
                        .text(IAM_TIME.format(now))
                        .raw(",\"methods\":[\"password\"],\"project\":{\"id\":")
                        .text(project)
                        .raw(",\"name\":")
                        .text(PROJECT_NAME)
                        .raw("},\"user\":{\"name\":")
                        .text(asked.user())
                        .raw(",\"domain\":{\"name\":")
                        .text(asked.domain())
                        .raw("}}}}");
        return new Answer(201, body).withHeader("X-Subject-Token", token);
    }
}
