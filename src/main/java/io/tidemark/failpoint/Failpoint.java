package io.tidemark.failpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The edges of everything that an apply makes durable, in the order in which it passes them; each
 * kind of sink passes its own. Costs a volatile read and does nothing, unless a test watches.
 *
 * <p>A process of its own is armed with {@code -Dtidemark.failpoint=NAME:N}: the N-th time it
 * passes there it halts, as if it were killed. With {@code NAME:N:FILE} it makes that file and
 * stands still, until it is killed from outside.
 */
public enum Failpoint {
    STATE_OPENED("the state's tables are there, the lease is not taken"),
    LEASE_TAKEN("the lease is taken, and says so in the state"),
    GROUP_WRITTEN("what was to be written to the state is, and is not committed"),
    GROUP_COMMITTED("what was to be written to the state is committed"),
    WINDOW_BEGUN("the ledger says that a window has begun; there is no batch job of it"),
    PAGE_READ("a page was read, nothing of it is written"),
    PAGE_APPENDED("a page stands in the stage, not synced"),
    STAGE_SYNCED("the stage is synced, its length is written nowhere"),
    CHUNK_SAVED("the stage's length and the position in the source are to be written"),
    CHUNK_COMMITTED("the stage's length and the position in the source are written"),
    STAGE_CLOSED("all pages are in the stage, and the step that fetched them has ended"),
    STAGE_SORTED("the stage is sorted, no sink has heard of the window"),
    SORT_SAVED("that the stage is sorted is to be written"),
    SORT_COMMITTED("that the stage is sorted is written, no sink has heard of the window"),
    DRAFT_BEGUN("there is a temporary file, empty"),
    DRAFT_WRITTEN("the temporary file is whole, not synced"),
    DRAFT_SYNCED("the temporary file is synced, and has not got its name"),
    DRAFT_RENAMED("the file has its name, its directory is not synced"),
    DIRECTORY_SYNCED("the directory is synced"),
    TABLES_CREATED("the target's tables are created, not committed"),
    TABLES_COMMITTED("the target's tables are committed"),
    COPY_BEGINS("the window's transaction has begun, no row was sent"),
    COPY_ENDED("all rows were sent, nobody else sees them"),
    ROWS_WRITTEN("the rows and their receipt stand in the target, not committed"),
    ROWS_COMMITTED("the rows and their receipt are committed"),
    PUBLISHED("a sink has the window, the ledger does not know"),
    RECEIPT_SAVED("the sink's receipt is to be written"),
    RECEIPT_COMMITTED("the sink's receipt is written"),
    ENTRY_SAVED("the window's entry and verdict are to be written"),
    ENTRY_COMMITTED("the window's entry and verdict are written, its batch job has not ended"),
    INSTANCE_ENDED("the window's batch job has ended, its stage is still there"),
    STAGE_DELETED("the stage is deleted"),
    LEASE_KEPT("all is done, the lease is still held"),
    LEASE_RELEASED("the lease is given back, the state is still open"),
    STATE_CLOSED("the state is closed");

    private static final int KILLED = 128 + 9;

    private static volatile @Nullable Consumer<Failpoint> watcher = fromSystemProperty();

    private final String meaning;

    Failpoint(String meaning) {
        this.meaning = meaning;
    }

    /** What is done there, and what is not; half a sentence for a person. */
    public String meaning() {
        return meaning;
    }

    /** Says that this edge has been reached; returns at once unless a test says otherwise. */
    public void pass() {
        Consumer<Failpoint> now = watcher;
        if (now != null) {
            now.accept(this);
        }
    }

    /** Tells of every pass from now on, in the thread that passes. */
    public static void watch(Consumer<Failpoint> newWatcher) {
        watcher = newWatcher;
    }

    /** Lets the action happen at the n-th pass from now on, once. */
    public static void arm(Failpoint at, int n, Runnable action) {
        watch(nth(at, n, action));
    }

    public static void disarm() {
        watcher = null;
    }

    private static Consumer<Failpoint> nth(Failpoint at, int n, Runnable action) {
        AtomicInteger countdown = new AtomicInteger(n);
        return passed -> {
            if (passed == at && countdown.decrementAndGet() == 0) {
                action.run();
            }
        };
    }

    private static @Nullable Consumer<Failpoint> fromSystemProperty() {
        String text = System.getProperty("tidemark.failpoint");
        if (text == null) {
            return null;
        }
        String[] parts = text.split(":", 3);
        return nth(
                valueOf(parts[0]),
                Integer.parseInt(parts[1]),
                parts.length == 3
                        ? () -> standStill(Path.of(parts[2]))
                        : () -> Runtime.getRuntime().halt(KILLED));
    }

    private static void standStill(Path sign) {
        try {
            Files.createFile(sign);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        while (true) {
            LockSupport.park();
        }
    }
}
