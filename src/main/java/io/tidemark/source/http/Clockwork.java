package io.tidemark.source.http;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Time and chance, so that a test can hold them still. */
public interface Clockwork {

    /** The machine's own. */
    static Clockwork real() {
        return new Clockwork() {
            private final CountDownLatch brokenOff = new CountDownLatch(1);

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
                if (brokenOff.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw new InterruptedException("broken off");
                }
            }

            @Override
            public void breakOff() {
                brokenOff.countDown();
            }

            @Override
            public double chance() {
                return ThreadLocalRandom.current().nextDouble();
            }
        };
    }

    /** What the wall says; for expiry and signatures. */
    Instant now();

    /** Only for differences; never goes back. */
    long nanos();

    void sleep(Duration time) throws InterruptedException;

    /** Ends every sleep, those to come as well, as an interrupt would. */
    default void breakOff() {}

    /** From 0 up to 1. */
    double chance();
}
