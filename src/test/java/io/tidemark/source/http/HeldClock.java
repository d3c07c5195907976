package io.tidemark.source.http;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Time that passes only where somebody sleeps; remembers how long each slept. */
public final class HeldClock implements Clockwork {
    private final Instant start = Instant.parse("2026-11-22T12:00:00Z");
    private final List<Duration> sleeps = new ArrayList<>();
    private Duration passed = Duration.ZERO;
    private Runnable onNextSleep = () -> {};

    @Override
    public synchronized Instant now() {
        return start.plus(passed);
    }

    @Override
    public synchronized long nanos() {
        return passed.toNanos();
    }

    @Override
    public synchronized void sleep(Duration time) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        sleeps.add(time);
        passed = passed.plus(time);
        Runnable meanwhile = onNextSleep;
        onNextSleep = () -> {};
        meanwhile.run();
    }

    /** Happens while the next one sleeps. */
    public synchronized void onNextSleep(Runnable meanwhile) {
        onNextSleep = meanwhile;
    }

    @Override
    public double chance() {
        return 0.5;
    }

    public synchronized void pass(Duration time) {
        passed = passed.plus(time);
    }

    public synchronized Duration passed() {
        return passed;
    }

    public synchronized List<Duration> sleeps() {
        return List.copyOf(sleeps);
    }
}
