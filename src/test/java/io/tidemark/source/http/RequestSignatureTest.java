package io.tidemark.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The vectors stand in the vendor's documentation; their keys open nothing. */
class RequestSignatureTest {

    @Test
    void signsTheVendorsExample() {
        Call call =
                Call.get(
                        Asked.identityService("vpcs"),
                        "https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs",
                        Map.of("limit", "2", "marker", "13551d6b-755d-4757-b956-536f674975c0"));

        assertThat(
                        RequestSignature.authorization(
                                "QTWAOYTTINDUT2QVKYUC",
                                "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc",
                                call,
                                Map.of(
                                        "content-type", "application/json",
                                        "Host", call.host(),
                                        "X-Sdk-Date", "20191115T033655Z")))
                .isEqualTo(
                        "SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC,"
                                + " SignedHeaders=content-type;host;x-sdk-date, Signature="
                                + "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe");
    }

    @Test
    void signsTheEncodedFormOfAUrn() {
        Call call =
                Call.get(
                        Asked.identityService("invocations"),
                        "https://functiongraph.eu-de.otc.t-systems.com/v2/p1/fgs/functions/"
                                + Percent.encode("urn:fss:eu-de:p1:function:default:my-fn:latest")
                                + "/async-invocations",
                        Map.of(
                                "marker", "0",
                                "limit", "500",
                                "query_begin_time", "2024-01-01T00:00:00"));

        assertThat(
                        RequestSignature.authorization(
                                "AKID",
                                "SECRET",
                                call,
                                Map.of(
                                        "Host", call.host(),
                                        "X-Project-Id", "p1",
                                        "X-Sdk-Date", "20240101T000000Z")))
                .endsWith(
                        "Signature="
                                + "879f64346e24d493eecbf8cb121be36c299326c007971bf7395a81e5d6f977e1");
    }

    @Test
    void encodesAllButUnreservedCharacters() {
        assertThat(Percent.encode("a-Z_0.~:!/ +*é")).isEqualTo("a-Z_0.~%3A%21%2F%20%2B%2A%C3%A9");
        assertThat(Percent.decode(Percent.encode("a-Z_0.~:!/ +*é"))).isEqualTo("a-Z_0.~:!/ +*é");
    }
}
