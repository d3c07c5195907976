package io.tidemark.sandbox;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * What goes wrong, though the request was right: a seeded share of all requests to the API, those
 * for tokens included.
 *
 * @param share of the requests that fail, 0 to 1
 * @param kinds the ways in which they fail; drawn evenly
 * @param seed the same seed fails the same positions in the sequence of requests, in the same ways
 * @param slowness how long {@link Kind#SLOW} waits before the right answer
 * @param requestsPerSecond what is more than this in one second of the server's clock is answered
 *     with 429; 0 for no such limit
 */
public record Faults(
        double share, Set<Kind> kinds, long seed, Duration slowness, int requestsPerSecond) {

    /** One way of failing. */
    public enum Kind {
        /** 429 without {@code Retry-After}; the text tells the limit. */
        THROTTLED,
        THROTTLED_RETRY_AFTER_ONE_SECOND,
        THROTTLED_RETRY_AFTER_ZERO,
        THROTTLED_RETRY_AFTER_DATE,
        REQUEST_TIMEOUT_408,
        ERROR_500,
        BAD_GATEWAY_502_HTML,
        UNAVAILABLE_503_EMPTY,
        GATEWAY_TIMEOUT_504,
        /** 200, but a page of HTML. */
        HTML_200,
        /** 200 without a body. */
        EMPTY_200,
        /** 200 and JSON, but the list is missing. */
        NO_LIST_200,
        /** 200 with half of the right body, which looks whole to HTTP. */
        CUT_BODY,
        /** 200 and half of the body, then the connection is closed. */
        CUT_CONNECTION,
        /** The connection is closed without an answer. */
        CLOSED,
        /** The right answer, late. */
        SLOW
    }

    /** Nothing goes wrong. */
    public static final Faults NONE =
            new Faults(0, EnumSet.allOf(Kind.class), 1, Duration.ofSeconds(2), 0);

    public Faults {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("a share of faults is 0 to 1, not " + share);
        }
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("faults of no kind");
        }
        if (slowness.isNegative() || requestsPerSecond < 0) {
            throw new IllegalArgumentException("a negative slowness or limit of requests");
        }
        kinds = Set.copyOf(kinds);
    }

    /** This share of the requests fails, in all ways. */
    public static Faults of(double share) {
        return new Faults(share, NONE.kinds, NONE.seed, NONE.slowness, 0);
    }

    /** This share of the requests fails, in these ways. */
    public static Faults of(double share, Kind first, Kind... others) {
        return new Faults(share, EnumSet.of(first, others), NONE.seed, NONE.slowness, 0);
    }

    public Faults withSeed(long value) {
        return new Faults(share, kinds, value, slowness, requestsPerSecond);
    }

    public Faults withSlowness(Duration value) {
        return new Faults(share, kinds, seed, value, requestsPerSecond);
    }

    public Faults withRequestsPerSecond(int value) {
        return new Faults(share, kinds, seed, slowness, value);
    }
}
