package io.tidemark.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.sandbox.Access.AccessKey;
import io.tidemark.sandbox.Access.Login;
import io.tidemark.sandbox.Behaviour.BadToken;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Who is let in, and who is not. */
class GateTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final MovableClock clock = new MovableClock(NOW);
    private final SandboxSettings settings =
            SandboxSettings.DEFAULT.withRecords(10).withClock(clock);

    @Test
    void theVendorsGoldenVectorsGiveTheirSignatures() {
        Call vpcs =
                Call.of(
                        "GET",
                        URI.create(
                                "https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs"
                                        + "?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0"),
                        Map.of(
                                "content-type", "application/json",
                                "host", "service.region.example.com",
                                "x-sdk-date", "20191115T033655Z"),
                        new byte[0]);
        Call invocations =
                Call.of(
                        "GET",
                        URI.create(
                                "https://functiongraph.eu-de.otc.t-systems.com/v2/p1/fgs/functions"
                                        + "/urn:fss:eu-de:p1:function:default:my-fn:latest/async-invocations"
                                        + "?marker=0&limit=500&query_begin_time=2024-01-01T00:00:00"),
                        Map.of(
                                "host", "functiongraph.eu-de.otc.t-systems.com",
                                "x-project-id", "p1",
                                "x-sdk-date", "20240101T000000Z"),
                        new byte[0]);

        assertThat(
                        Signature.of(
                                vpcs,
                                List.of("content-type", "host", "x-sdk-date"),
                                "20191115T033655Z",
                                "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc"))
                .isEqualTo("7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe");
        assertThat(
                        Signature.of(
                                invocations,
                                List.of("host", "x-project-id", "x-sdk-date"),
                                "20240101T000000Z",
                                "SECRET"))
                .isEqualTo("879f64346e24d493eecbf8cb121be36c299326c007971bf7395a81e5d6f977e1");
    }

    @Test
    void aTokenOpensAndNoneOrAnotherDoesNot() {
        try (Sandbox sandbox = Sandbox.start(settings)) {
            TinyClient client = new TinyClient(sandbox);

            assertThat(client.get("").statusCode()).isEqualTo(200);
            HttpResponse<String> none = client.send(client.request(""));
            assertThat(none.statusCode()).isEqualTo(401);
            assertThat(none.body()).contains("APIGW.0301");
            assertThat(withToken(client, "made-up").statusCode()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTokenExpiresAndTheAnswerIs(BadToken value) {
        try (Sandbox sandbox = Sandbox.start(settings.withBehaviour(value))) {
            TinyClient client = new TinyClient(sandbox);
            String token = sandbox.token();

            clock.advance(Duration.ofHours(24).minusMillis(1));
            assertThat(withToken(client, token).statusCode()).isEqualTo(200);
            clock.advance(Duration.ofMillis(1));
            HttpResponse<String> answer = withToken(client, token);

            assertThat(answer.statusCode() + " " + answer.body())
                    .startsWith(
                            switch (value) {
                                case APIGW_401, FSS_401 -> "401";
                                case FSS_403 -> "403";
                            })
                    .contains(
                            switch (value) {
                                case APIGW_401 -> "APIGW.0307";
                                case FSS_401 -> "FSS.0401";
                                case FSS_403 -> "\"FSS.0403\",\"error_msg\":\"invalid token\"";
                            });
            assertThat(withToken(client, sandbox.token()).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aTokenIsRevokedAfterSoManyRequests() {
        try (Sandbox sandbox =
                Sandbox.start(settings.withAccess(Access.DEFAULT.withRequestsPerToken(3)))) {
            TinyClient client = new TinyClient(sandbox);
            String token = sandbox.token();

            assertThat(List.of(1, 2, 3, 4, 5))
                    .extracting(i -> withToken(client, token).statusCode())
                    .containsExactly(200, 200, 200, 401, 401);
            assertThat(withToken(client, sandbox.token()).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aPasswordGivesATokenAndSaysHowLongItIsValid() {
        Access access =
                Access.DEFAULT
                        .withLogin(new Login("OTC00001", "exporter", "p\"w"))
                        .withTokenLifetime(Duration.ofHours(2));
        try (Sandbox sandbox = Sandbox.start(settings.withAccess(access))) {
            TinyClient client = new TinyClient(sandbox);

            HttpResponse<String> answer =
                    logIn(sandbox, "OTC00001", "exporter", "p\\\"w", sandbox.project());

            assertThat(answer.statusCode()).isEqualTo(201);
            String token = answer.headers().firstValue("X-Subject-Token").orElseThrow();
            assertThat(withToken(client, token).statusCode()).isEqualTo(200);
            JsonNode body = TinyClient.JSON.readTree(answer.body());
            Instant expiry = Instant.parse(body.at("/token/expires_at").asString());
            assertThat(expiry).isEqualTo(NOW.plus(Duration.ofHours(2)));
            clock.advance(Duration.ofHours(2));
            assertThat(withToken(client, token).statusCode()).isEqualTo(401);
        }
    }

    @Test
    void aWrongPasswordOrProjectGivesNone() {
        try (Sandbox sandbox = Sandbox.start(settings)) {
            String project = sandbox.project();
            HttpResponse<String> wrong = logIn(sandbox, "sandbox", "sandbox", "guess", project);

            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(TinyClient.JSON.readTree(wrong.body()).at("/error/code").intValue())
                    .isEqualTo(401);
            assertThat(wrong.headers().firstValue("X-Subject-Token")).isEmpty();
            assertThat(logIn(sandbox, "sandbox", "sandbox", "sandbox", "0").statusCode())
                    .isEqualTo(401);
            assertThat(logIn(sandbox, "sandbox", "sandbox", "sandbox", project).statusCode())
                    .isEqualTo(201);
        }
    }

    @Test
    void anotherProjectIsForbidden() {
        try (Sandbox sandbox = Sandbox.start(settings)) {
            TinyClient client = new TinyClient(sandbox);

            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    sandbox.endpoint()
                                                            + "/v2/another/fgs/functions"))
                                    .header("Content-Type", "application/json")
                                    .header("X-Auth-Token", sandbox.token()));

            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("FSS.0403");
        }
    }

    @Test
    void aSignatureOpensForFifteenMinutes() {
        try (Sandbox sandbox = Sandbox.start(settings.withAccess(withKey(Optional.empty())))) {
            Signer signer = new Signer(sandbox);

            assertThat(signer.send(signer)).isEqualTo(200);
            clock.advance(Duration.ofMinutes(15));
            assertThat(signer.send(signer)).isEqualTo(200);
            clock.advance(Duration.ofMillis(1));
            assertThat(signer.send(signer)).isEqualTo(401);
        }
    }

    @Test
    void aSignatureOfSomethingElseOpensNothing() {
        try (Sandbox sandbox = Sandbox.start(settings.withAccess(withKey(Optional.empty())))) {
            Signer signer = new Signer(sandbox);

            Signer otherQuery = new Signer(sandbox);
            otherQuery.query = "?maxitems=3&marker=1";
            assertThat(otherQuery.send(signer)).isEqualTo(401);
            Signer otherSecret = new Signer(sandbox);
            otherSecret.secretKey = "guess";
            assertThat(signer.send(otherSecret)).isEqualTo(401);
            Signer otherKey = new Signer(sandbox);
            otherKey.accessKey = "other";
            assertThat(signer.send(otherKey)).isEqualTo(401);
            Signer otherDate = new Signer(sandbox);
            otherDate.date = "20261121T120001Z";
            assertThat(signer.send(otherDate)).isEqualTo(401);
        }
    }

    @Test
    void aTemporaryKeyNeedsItsSecurityToken() {
        try (Sandbox sandbox =
                Sandbox.start(settings.withAccess(withKey(Optional.of("temporary"))))) {
            Signer signer = new Signer(sandbox);

            assertThat(signer.send(signer)).isEqualTo(401);
            signer.more = Map.of("x-security-token", "temporary");
            assertThat(signer.send(signer)).isEqualTo(200);
            signer.more = Map.of("x-security-token", "another");
            assertThat(signer.send(signer)).isEqualTo(401);
        }
    }

    private static Access withKey(Optional<String> securityToken) {
        return Access.DEFAULT.withKey(new AccessKey("AKID", "SECRET", securityToken));
    }

    /** Signs the function list with what the golden vectors have proven. */
    private static final class Signer {
        private final TinyClient client;
        private String accessKey = "AKID";
        private String secretKey = "SECRET";
        private String query = "?maxitems=2&marker=1";
        private String date = "20261121T120000Z";
        private Map<String, String> more = Map.of();

        Signer(Sandbox sandbox) {
            this.client = new TinyClient(sandbox);
        }

        /** Sends this one's request under the other's signature. */
        int send(Signer other) {
            HttpRequest.Builder request =
                    client.request(query)
                            .header("X-Sdk-Date", date)
                            .header("Authorization", other.authorization());
            more.forEach(request::header);
            return client.send(request).statusCode();
        }

        private String authorization() {
            URI uri = client.request(query).build().uri();
            Map<String, String> headers = new TreeMap<>(more);
            headers.put("host", uri.getAuthority());
            headers.put("x-sdk-date", date);
            List<String> signed = List.copyOf(headers.keySet());
            return "SDK-HMAC-SHA256 Access=%s, SignedHeaders=%s, Signature=%s"
                    .formatted(
                            accessKey,
                            String.join(";", signed),
                            Signature.of(
                                    Call.of("GET", uri, headers, new byte[0]),
                                    signed,
                                    date,
                                    secretKey));
        }
    }

    private static HttpResponse<String> withToken(TinyClient client, String token) {
        return client.send(client.request("").header("X-Auth-Token", token));
    }

    private static HttpResponse<String> logIn(
            Sandbox sandbox, String domain, String user, String password, String project) {
        String body =
                """
                {"auth":{"identity":{"methods":["password"],"password":{"user":
                 {"name":"%s","password":"%s","domain":{"name":"%s"}}}},
                 "scope":{"project":{"id":"%s"}}}}\
                """
                        .formatted(user, password, domain, project);
        return new TinyClient(sandbox)
                .send(
                        HttpRequest.newBuilder(URI.create(sandbox.iam() + "/v3/auth/tokens"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }
}
