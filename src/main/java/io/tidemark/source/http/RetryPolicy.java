package io.tidemark.source.http;

import java.time.Duration;

/**
 * Every limit on waiting for the source. None of them outlives an interrupt.
 *
 * @param connect to open a connection
 * @param request one whole request, from asking for a connection to the last byte of the answer
 * @param attempts how often one question is asked while the source fails, the first included
 * @param firstAttempts the same while nothing has ever answered at this address: then it is most
 *     likely wrong
 * @param pause the shortest wait before a question is repeated, above zero also where the source
 *     says {@code Retry-After: 0}
 * @param backoff to begin with at most; twice as much each time
 * @param longestBackoff how long that grows at most
 * @param throttled how long one question waits in all while the source is only asking for less
 * @param bodyBytes the longest answer that is taken, unpacked
 * @param renewAhead how long before its expiry a token is replaced, at most half of its life
 */
public record RetryPolicy(
        Duration connect,
        Duration request,
        int attempts,
        int firstAttempts,
        Duration pause,
        Duration backoff,
        Duration longestBackoff,
        Duration throttled,
        int bodyBytes,
        Duration renewAhead) {

    /**
     * Origins: the throttling the vendor documents counts over five minutes, so three such periods;
     * seven attempts are half a minute of backoff, which a restart of a gateway takes; a page of
     * 500 records is 150 kB, so 64 MiB leave room for messages of 100 kB each; a token is known to
     * live 24 hours.
     */
    public static final RetryPolicy USUAL =
            new RetryPolicy(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(60),
                    7,
                    3,
                    Duration.ofMillis(100),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(15),
                    64 << 20,
                    Duration.ofMinutes(10));

    public RetryPolicy {
        if (attempts < 1 || firstAttempts < 1 || bodyBytes < 1) {
            throw new IllegalArgumentException("at least one attempt and one byte");
        }
        if (!pause.isPositive() || !connect.isPositive() || !request.isPositive()) {
            throw new IllegalArgumentException("a pause or a limit of no length");
        }
    }

    /**
     * This, with answers no longer than a heap of so many bytes can hold, one for each connection:
     * a body is there up to six times at once, packed and unpacked, as bytes and as records, and
     * two more may wait that were asked for ahead.
     */
    public RetryPolicy within(long heap, int connections) {
        long share = heap / 8 / connections;
        return new RetryPolicy(
                connect,
                request,
                attempts,
                firstAttempts,
                pause,
                backoff,
                longestBackoff,
                throttled,
                (int) Math.max(1, Math.min(bodyBytes, share)),
                renewAhead);
    }

    /**
     * The wait before the next attempt: full jitter between the pause and an exponentially growing
     * bound, so that many who failed together do not come back together.
     *
     * @param failures how often the question failed so far, at least 1
     * @param chance from 0 up to 1
     */
    public Duration backoff(int failures, double chance) {
        double bound = backoff.toNanos() * Math.pow(2, failures - 1);
        double capped = Math.min(bound, longestBackoff.toNanos());
        return pause.plusNanos((long) (capped * chance));
    }
}
