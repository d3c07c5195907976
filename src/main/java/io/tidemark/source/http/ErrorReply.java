package io.tidemark.source.http;

import io.tidemark.source.http.Trouble.Kind;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What an attempt without a result means: the documented table of errors.
 *
 * @param comeBackIn what {@code Retry-After} asks for, also zero
 * @param spacing how far apart requests may be under the quota that was exceeded, where the source
 *     tells it
 */
record ErrorReply(Trouble trouble, Optional<Duration> comeBackIn, Optional<Duration> spacing) {
    static final Set<String> THROTTLING = Set.of("FSS.0408", "FSS.0429", "APIGW.0308", "APIG.0308");
    static final Set<String> UNPROVEN = Set.of("FSS.0401", "APIGW.0301", "APIGW.0307");
    static final String NO_SUCH_API = "APIGW.0101";

    // as in "Throttled by quota, limit:200,time:5 minute"
    private static final Pattern QUOTA =
            Pattern.compile(
                    "limit:\\s*([0-9]{1,9})\\s*,\\s*time:\\s*([0-9]{1,6})\\s*"
                            + "(second|minute|hour|day)");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    ErrorReply(Trouble trouble) {
        this(trouble, Optional.empty(), Optional.empty());
    }

    /** Of an answer that says no. */
    static ErrorReply of(
            Reply.Received answer,
            Asked asked,
            int attempts,
            String advice,
            Secrets secrets,
            Instant now) {
        Words words = Words.of(answer);
        Trouble.Circumstances circumstances =
                new Trouble.Circumstances(
                        asked,
                        OptionalInt.of(answer.status()),
                        secrets.quotable(words.code()),
                        secrets.quotable(words.text()),
                        attempts);
        Trouble trouble = trouble(answer.status(), words.code(), circumstances, advice);
        return new ErrorReply(trouble, comeBackIn(answer.headers(), now), spacing(words.text()));
    }

    private static Trouble trouble(
            int status, String code, Trouble.Circumstances at, String advice) {
        if (status == 429 || status == 408 || THROTTLING.contains(code)) {
            return new Trouble(Kind.THROTTLED, at);
        }
        if (status == 407) {
            return new Trouble(Kind.NO_PROXY, at);
        }
        if (status == 401 || status == 403 || UNPROVEN.contains(code)) {
            // 401: nobody knows who asks; 403: this one may not be asked about
            return new Trouble(status == 403 ? Kind.FORBIDDEN : Kind.UNKNOWN_CALLER, at, advice);
        }
        if (code.equals(NO_SUCH_API) || status >= 300 && status < 400) {
            return new Trouble(Kind.WRONG_ENDPOINT, at);
        }
        if (status == 404) {
            // a 404 that does not speak FunctionGraph comes from something else
            return code.startsWith("FSS.") && at.asked().subject().isPresent()
                    ? new Trouble(Kind.NO_SUCH_FUNCTION, at)
                    : new Trouble(Kind.WRONG_ENDPOINT, at);
        }
        return status >= 400 && status < 500
                ? new Trouble(Kind.REJECTED, at)
                : new Trouble(Kind.UNAVAILABLE, at);
    }

    private static Optional<Duration> comeBackIn(HttpHeaders headers, Instant now) {
        return headers.firstValue("Retry-After")
                .map(String::strip)
                .flatMap(text ->
                        SECONDS.matcher(text).matches()
                                ? Optional.of(Duration.ofSeconds(Long.parseLong(text)))
                                : untilDate(text, now));
    }

    private static Optional<Duration> untilDate(String text, Instant now) {
        try {
            Instant date =
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return Optional.of(date.isAfter(now) ? Duration.between(now, date) : Duration.ZERO);
        } catch (DateTimeParseException neither) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> spacing(String text) {
        Matcher quota = QUOTA.matcher(text.toLowerCase(Locale.ROOT));
        if (!quota.find()) {
            return Optional.empty();
        }
        long limit = Long.parseLong(quota.group(1));
        Duration unit =
                switch (quota.group(3)) {
                    case "second" -> Duration.ofSeconds(1);
                    case "minute" -> Duration.ofMinutes(1);
                    case "hour" -> Duration.ofHours(1);
                    default -> Duration.ofDays(1);
                };
        return limit == 0
                ? Optional.empty()
                : Optional.of(unit.multipliedBy(Long.parseLong(quota.group(2))).dividedBy(limit));
    }

    /** The error in a body: of the API, its gateway, or the identity service. */
    private record Words(String code, String text) {
        private static Words of(Reply.Received answer) {
            try {
                JsonNode body = Json.object(answer.body());
                JsonNode error = body.path("error");
                return new Words(
                        Json.text(body.path("error_code"))
                                .or(() -> Json.text(error.path("code")))
                                .orElse(""),
                        Json.text(body.path("error_msg"))
                                .or(() -> Json.text(error.path("message")))
                                .orElse(""));
            } catch (BrokenAnswer noError) {
                return new Words("", noError.what());
            }
        }
    }
}
