package io.tidemark.run;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A place between two steps of durability, where tests end the process. Costs one volatile read,
 * and does nothing unless a test has armed it.
 *
 * <p>A process of its own is armed with {@code -Dtidemark.failpoint=NAME:N}: it halts the N-th time
 * it passes there, as if it were killed.
 */
enum Failpoint {
    /** A page was read, nothing of it is written. */
    PAGE_READ,
    /** A page stands in the stage, not synced. */
    PAGE_APPENDED,
    /** The stage is synced, the chunk's transaction is not committed. */
    STAGE_SYNCED,
    /** A sink has the window, the ledger does not know. */
    PUBLISHED,
    /** The receipt is written and not committed. */
    RECEIVED,
    /** The ledger entry is written and not committed. */
    TOLD;

    /** What happens at the {@code countdown}-th pass. */
    private record Armed(Failpoint at, AtomicInteger countdown, Runnable action) {}

    private static final int KILLED = 137;

    private static volatile @Nullable Armed armed = fromSystemProperty();

    void pass() {
        Armed now = armed;
        if (now != null && now.at == this && now.countdown.decrementAndGet() == 0) {
            now.action.run();
        }
    }

    /** Lets the action happen at the n-th pass from now on, once. */
    static void arm(Failpoint at, int n, Runnable action) {
        armed = new Armed(at, new AtomicInteger(n), action);
    }

    static void disarm() {
        armed = null;
    }

    private static @Nullable Armed fromSystemProperty() {
        String text = System.getProperty("tidemark.failpoint");
        if (text == null) {
            return null;
        }
        String[] parts = text.split(":");
        return new Armed(
                valueOf(parts[0]),
                new AtomicInteger(Integer.parseInt(parts[1])),
                () -> Runtime.getRuntime().halt(KILLED));
    }
}
