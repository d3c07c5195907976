package io.tidemark.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.sandbox.Faults.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.core.JacksonException;

/** What goes wrong on purpose. */
class FaultsTest {
    private static final SandboxSettings SMALL =
            SandboxSettings.DEFAULT
                    .withRecords(10)
                    .withClock(new MovableClock(Instant.parse("2026-11-21T12:00:00Z")));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
                    """
                    THROTTLED                        | 429 | -1 | limit:200,time:5 minute
                    THROTTLED_RETRY_AFTER_ONE_SECOND | 429 | 1  | "error_code":"FSS.0429"
                    THROTTLED_RETRY_AFTER_ZERO       | 429 | 0  | "error_code":"FSS.0429"
                    THROTTLED_RETRY_AFTER_DATE       | 429 | Sat, 21 Nov 2026 12:00:01 GMT | FSS.0429
                    REQUEST_TIMEOUT_408              | 408 | -1 | "error_code":"FSS.0408"
                    ERROR_500                        | 500 | -1 | "error_code":"FSS.0500"
                    BAD_GATEWAY_502_HTML             | 502 | -1 | <html>
                    GATEWAY_TIMEOUT_504              | 504 | -1 | "error_code":"FSS.0504"
                    HTML_200                         | 200 | -1 | <html>
                    NO_LIST_200                      | 200 | -1 | {"count":0}
                    SLOW                             | 200 | -1 | "functions":[
                    """)
    void theAnswerOf(Kind kind, int status, String retryAfter, String part) {
        Faults faults = Faults.of(1, kind).withSlowness(Duration.ofMillis(1));
        try (Sandbox sandbox = Sandbox.start(SMALL.withFaults(faults))) {
            HttpResponse<String> answer = new TinyClient(sandbox).get("");

            assertThat(answer.statusCode()).isEqualTo(status);
            assertThat(answer.body()).contains(part);
            assertThat(answer.headers().firstValue("Retry-After").orElse("-1"))
                    .isEqualTo(retryAfter);
            assertThat(sandbox.requests()).extracting(Request::status).containsExactly(status);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EMPTY_200", "UNAVAILABLE_503_EMPTY"})
    void theEmptyAnswerOf(Kind kind) {
        try (Sandbox sandbox = Sandbox.start(SMALL.withFaults(Faults.of(1, kind)))) {
            HttpResponse<String> answer = new TinyClient(sandbox).get("");

            assertThat(answer.statusCode()).isEqualTo(kind == Kind.EMPTY_200 ? 200 : 503);
            assertThat(answer.body()).isEmpty();
        }
    }

    @Test
    void aCutBodyLooksWholeToHttpAndIsNoJson() {
        try (Sandbox sandbox = Sandbox.start(SMALL.withFaults(Faults.of(1, Kind.CUT_BODY)))) {
            HttpResponse<String> answer = new TinyClient(sandbox).get("");

            assertThat(answer.body()).startsWith("{\"functions\":[");
            assertThatThrownBy(() -> TinyClient.JSON.readTree(answer.body()))
                    .isInstanceOf(JacksonException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CUT_CONNECTION", "CLOSED"})
    void theConnectionEnds(Kind kind) {
        try (Sandbox sandbox = Sandbox.start(SMALL.withFaults(Faults.of(1, kind)))) {
            assertThatThrownBy(() -> new TinyClient(sandbox).get(""))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasCauseInstanceOf(IOException.class);
            // a client may try again by itself where nothing came back
            assertThat(sandbox.requests())
                    .isNotEmpty()
                    .extracting(Request::status)
                    .containsOnly(kind == Kind.CLOSED ? 0 : 200);
        }
    }

    @Test
    void theShareOfFaultsIsKeptAndTheSameSeedFailsTheSameRequests() {
        Faults faults = Faults.of(0.3, Kind.ERROR_500, Kind.EMPTY_200, Kind.THROTTLED);

        List<String> answers = answers(faults, 400);

        long right = answers.stream().filter(answer -> answer.contains("functions")).count();
        assertThat(right).isBetween(240L, 320L);
        assertThat(answers).contains("200 ").anyMatch(answer -> answer.startsWith("429"));
        assertThat(answers(faults, 400)).isEqualTo(answers);
        assertThat(answers(faults.withSeed(2), 400)).isNotEqualTo(answers);
    }

    private static List<String> answers(Faults faults, int requests) {
        try (Sandbox sandbox = Sandbox.start(SMALL.withFaults(faults))) {
            TinyClient client = new TinyClient(sandbox);
            return IntStream.range(0, requests)
                    .mapToObj(i -> client.get(""))
                    .map(answer -> answer.statusCode() + " " + answer.body())
                    .toList();
        }
    }

    @Test
    void moreThanSoManyRequestsInASecondAreThrottled() {
        MovableClock clock = new MovableClock(Instant.parse("2026-11-21T12:00:00Z"));
        try (Sandbox sandbox =
                Sandbox.start(
                        SMALL.withClock(clock).withFaults(Faults.NONE.withRequestsPerSecond(3)))) {
            TinyClient client = new TinyClient(sandbox);

            assertThat(IntStream.range(0, 5).map(i -> client.get("").statusCode()))
                    .containsExactly(200, 200, 200, 429, 429);
            clock.advance(Duration.ofSeconds(1));
            assertThat(client.get("").statusCode()).isEqualTo(200);
        }
    }
}
