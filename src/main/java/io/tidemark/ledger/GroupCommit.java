package io.tidemark.ledger;

import io.tidemark.failpoint.Failpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes to the state what all windows at work have to say, in groups: whoever has something to be
 * written does not wait, and what came within {@link #EVERY} is one transaction, in the order in
 * which it was said. What a process that dies has not written is done again by the next one.
 *
 * <p>Each group makes sure that the lease is still the one it was begun with. After one that could
 * not be written, nothing is taken any more: every call throws what that one did.
 */
public final class GroupCommit implements AutoCloseable {
    /** Long enough for many small windows, short enough to be of no account after a kill. */
    private static final Duration EVERY = Duration.ofMillis(100);

    /** As many changes may wait; whoever brings more waits for them to be written. */
    private static final int MOST = 5_000;

    /** A group that turns back to an earlier kind of change begins a new round of kinds. */
    private static final int KINDS = 100;

    /**
     * With {@code off} every step's end is written by itself, and chunks hold one page: what tests
     * that end the process at a known page need.
     */
    private static final String GROUPS = "tidemark.groups";

    private final JdbcTemplate template;
    private final TransactionTemplate transactions;
    private final String job;
    private final long epoch;
    private final boolean eager = "off".equals(System.getProperty(GROUPS));
    private final Thread writer;

    private Map<Object, Change> waiting = new LinkedHashMap<>();
    private Map<Object, Integer> rounds = new HashMap<>();
    private List<Consumer<Optional<RuntimeException>>> told = new ArrayList<>();
    private long ledgerChanges;
    private long begun;
    private long written;
    private int hurried;
    private boolean closed;
    private boolean finished;
    private @Nullable RuntimeException failure;

    /**
     * A statement to come.
     *
     * @param order statements are executed by it, and those of the same order as they came
     */
    private record Change(int order, String sql, @Nullable Object[] values, boolean insert) {}

    GroupCommit(DataSource dataSource, String job, long epoch) {
        this.template = new JdbcTemplate(dataSource);
        this.transactions = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        this.job = job;
        this.epoch = epoch;
        this.writer = new Thread(this::writeGroups, "state-writer");
        writer.setDaemon(true);
        writer.start();
    }

    /** Whether each step's end is written by itself. */
    public boolean isEager() {
        return eager;
    }

    /** Counts a change of the ledger although there is none. */
    synchronized void advance() {
        ledgerChanges++;
    }

    /** What the changes add stands in one group. */
    public synchronized void together(Runnable changes) {
        changes.run();
    }

    /** Something has come to an end that should not be done again for nothing. */
    public void stepEnds() {
        if (eager) {
            flush();
        }
    }

    /**
     * Adds a change of the ledger.
     *
     * @param subject what it is about: changes of the same subject are made in their order
     * @param kind statements of smaller kinds come first, where the order of their subjects allows
     *     it, so that equal ones are sent together
     */
    synchronized void change(Object subject, int kind, String sql, @Nullable Object... values) {
        ledgerChanges++;
        add(new Object(), subject, kind, sql, values, false);
    }

    /**
     * Adds a row that is not there yet.
     *
     * @param row by which it is known to later updates
     */
    public synchronized void insert(
            Object row, Object subject, int kind, String sql, @Nullable Object... values) {
        add(row, subject, kind, sql, values, true);
    }

    /**
     * Changes a row; of several changes within a group only the last is written.
     *
     * @param inserted how it would be inserted with these values, where that is still to come
     */
    public synchronized void update(
            Object row,
            Object subject,
            int kind,
            String sql,
            @Nullable Object[] values,
            @Nullable Object[] inserted) {
        Change before = waiting.get(row);
        if (before == null) {
            add(row, subject, kind, sql, values, false);
        } else {
            demandSound();
            waiting.put(
                    row,
                    before.insert()
                            ? new Change(before.order(), before.sql(), inserted, true)
                            : new Change(before.order(), sql, values, false));
        }
    }

    private void add(
            Object row,
            Object subject,
            int kind,
            String sql,
            @Nullable Object[] values,
            boolean insert) {
        demandSound();
        int order = kind;
        int reached = rounds.getOrDefault(subject, 0);
        while (order < reached) {
            order += KINDS;
        }
        rounds.put(subject, order);
        waiting.put(row, new Change(order, sql, values, insert));
        notifyAll();
    }

    /** Waits while there is much to be written already. */
    public void makeRoom() {
        if (isFull()) {
            flush();
        }
    }

    private synchronized boolean isFull() {
        return waiting.size() > MOST;
    }

    /** Waits until all that was added is written. */
    public synchronized void flush() {
        long wanted = begun + (isIdle() ? 0 : 1);
        // kept for later: it would end the wait, and in H2 the whole database
        boolean interrupted = Thread.interrupted();
        hurried++;
        notifyAll();
        while (written < wanted && !finished) {
            interrupted |= waitFor(Duration.ZERO);
        }
        hurried--;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        demandSound();
    }

    /**
     * Is told when all that was added until now is written, or why it is not; by the thread that
     * writes, which waits for it. Throws nothing, and does not wait for what it adds itself.
     */
    public void afterwards(Consumer<Optional<RuntimeException>> listener) {
        RuntimeException broken;
        synchronized (this) {
            broken = failure;
            if (broken == null) {
                told.add(listener);
                notifyAll();
            }
        }
        if (broken != null) {
            listener.accept(Optional.of(broken));
        } else if (eager) {
            flush();
        }
    }

    private void demandSound() {
        RuntimeException broken = failure;
        if (broken != null) {
            throw broken;
        }
    }

    private void writeGroups() {
        while (true) {
            Map<Object, Change> group;
            List<Consumer<Optional<RuntimeException>>> listeners;
            long changes;
            synchronized (this) {
                while (isIdle() && !closed) {
                    waitFor(Duration.ZERO);
                }
                if (isIdle()) {
                    return;
                }
                long until = System.nanoTime() + EVERY.toNanos();
                while (hurried == 0 && !closed && waiting.size() <= MOST) {
                    long left = eager ? Long.MAX_VALUE : until - System.nanoTime();
                    if (left <= 0) {
                        break;
                    }
                    waitFor(Duration.ofNanos(left));
                }
                group = waiting;
                listeners = told;
                changes = ledgerChanges;
                waiting = new LinkedHashMap<>();
                rounds = new HashMap<>();
                told = new ArrayList<>();
                ledgerChanges = 0;
                begun++;
            }
            Optional<RuntimeException> failed = tell(listeners, write(group.values(), changes));
            synchronized (this) {
                written++;
                finished = failed.isPresent();
                notifyAll();
            }
            if (failed.isPresent()) {
                return;
            }
        }
    }

    /**
     * Tells how it went; where it went wrong, also those who are waiting for a group that will not
     * be.
     *
     * @return why no group may follow: the failure, or what a listener threw
     */
    private Optional<RuntimeException> tell(
            List<Consumer<Optional<RuntimeException>>> listeners,
            Optional<RuntimeException> failed) {
        List<Consumer<Optional<RuntimeException>>> all = new ArrayList<>(listeners);
        failed.ifPresent(end -> all.addAll(endWith(end)));
        Optional<RuntimeException> end = failed;
        for (Consumer<Optional<RuntimeException>> listener : all) {
            try {
                listener.accept(failed);
            } catch (RuntimeException | Error unexpected) {
                end = end.or(() -> Optional.of(asException(unexpected)));
            }
        }
        return end.isPresent() && failed.isEmpty() ? tell(List.of(), end) : end;
    }

    private synchronized List<Consumer<Optional<RuntimeException>>> endWith(RuntimeException end) {
        failure = end;
        List<Consumer<Optional<RuntimeException>>> rest = told;
        told = new ArrayList<>();
        return rest;
    }

    /** What a thread of ours dies of must reach those who wait for it. */
    private static RuntimeException asException(Throwable failed) {
        return failed instanceof RuntimeException exception
                ? exception
                : new IllegalStateException(failed.toString(), failed);
    }

    private boolean isIdle() {
        return waiting.isEmpty() && told.isEmpty() && ledgerChanges == 0;
    }

    private Optional<RuntimeException> write(Collection<Change> group, long changes) {
        if (group.isEmpty() && changes == 0) {
            return Optional.empty();
        }
        List<Change> ordered = new ArrayList<>(group);
        ordered.sort(Comparator.comparingInt(Change::order));
        try {
            transactions.executeWithoutResult(transaction -> {
                keepLease(changes);
                for (int at = 0; at < ordered.size(); ) {
                    String sql = ordered.get(at).sql();
                    List<@Nullable Object[]> alike = new ArrayList<>();
                    while (at < ordered.size() && ordered.get(at).sql().equals(sql)) {
                        alike.add(ordered.get(at++).values());
                    }
                    template.batchUpdate(sql, alike);
                }
                Failpoint.GROUP_WRITTEN.pass();
            });
            Failpoint.GROUP_COMMITTED.pass();
            return Optional.empty();
        } catch (RuntimeException | Error failed) {
            return Optional.of(asException(failed));
        }
    }

    /**
     * Asks the state whether the lease is still this one.
     *
     * @throws LeaseLost where it is not
     */
    void checkLease() {
        Long current =
                template.queryForObject(
                        "select lease_epoch from tidemark_job where job = ?", Long.class, job);
        if (current == null || epoch != current) {
            throw new LeaseLost(job);
        }
    }

    /** Whoever takes the lease over waits for this transaction. */
    private void keepLease(long changes) {
        int kept =
                template.update(
                        "update tidemark_job set serial = serial + ? where job = ? and lease_epoch = ?",
                        changes,
                        job,
                        epoch);
        if (kept == 0) {
            throw new LeaseLost(job);
        }
    }

    /** Returns whether it was interrupted. */
    private boolean waitFor(Duration atMost) {
        try {
            wait(atMost.toMillis(), atMost.toNanosPart() % 1_000_000);
            return false;
        } catch (InterruptedException stop) {
            return true;
        }
    }

    /** Writes what waits, as far as that is possible. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (true) {
            try {
                writer.join();
                break;
            } catch (InterruptedException stop) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
