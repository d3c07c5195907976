package io.tidemark.source.http;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.Semaphore;

/**
 * The one budget of a run: so many requests in flight, so many a second, none while the source has
 * asked for a pause. Every request takes its turn here, repeated ones as well.
 *
 * <p>Turns are spaced evenly: time that went by unused is not made up for in a burst.
 */
final class RequestBudget {
    private static final double NANOS = 1e9;

    private final Clockwork clockwork;
    private final Semaphore connections;
    private final long origin;
    private long interval;
    private long nextTurn;
    private long pausedUntil;

    RequestBudget(OptionalDouble requestsPerSecond, int connections, Clockwork clockwork) {
        this.clockwork = clockwork;
        this.connections = new Semaphore(connections, true);
        this.origin = clockwork.nanos();
        this.interval =
                requestsPerSecond.isPresent()
                        ? (long) (NANOS / requestsPerSecond.getAsDouble())
                        : 0;
    }

    /** Waits for a turn. Whoever returns from here calls {@link #release()} after the request. */
    void acquire() throws InterruptedException {
        connections.acquire();
        boolean granted = false;
        try {
            awaitTurn();
            granted = true;
        } finally {
            if (!granted) {
                connections.release();
            }
        }
    }

    void release() {
        connections.release();
    }

    /** Nobody gets a turn for so long. */
    synchronized void pause(Duration time) {
        pausedUntil = Math.max(pausedUntil, now() + time.toNanos());
    }

    /** From now on, turns are at least so far apart. */
    synchronized void slowTo(Duration between) {
        interval = Math.max(interval, between.toNanos());
    }

    private void awaitTurn() throws InterruptedException {
        long turn;
        do {
            turn = nextTurn();
            for (long wait = turn - now(); wait > 0; wait = turn - now()) {
                clockwork.sleep(Duration.ofNanos(wait));
            }
            // a pause that was called meanwhile takes the turn back
        } while (isPausedAt(turn));
    }

    private synchronized long nextTurn() {
        long turn = Math.max(now(), Math.max(nextTurn, pausedUntil));
        nextTurn = turn + interval;
        return turn;
    }

    private synchronized boolean isPausedAt(long turn) {
        return turn < pausedUntil;
    }

    private long now() {
        return clockwork.nanos() - origin;
    }
}
