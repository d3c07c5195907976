package io.tidemark.source;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** Time and chance, so that a test can hold them still. */
interface Clockwork {

    Clockwork REAL =
            new Clockwork() {
                @Override
                public Instant now() {
                    return Instant.now();
                }

                @Override
                public long nanos() {
                    return System.nanoTime();
                }

                @Override
                public void sleep(Duration time) throws InterruptedException {
                    Thread.sleep(time);
                }

                @Override
                public double chance() {
                    return ThreadLocalRandom.current().nextDouble();
                }
            };

    /** What the wall says; for expiry and signatures. */
    Instant now();

    /** Only for differences; never goes back. */
    long nanos();

    void sleep(Duration time) throws InterruptedException;

    /** From 0 up to 1. */
    double chance();
}
