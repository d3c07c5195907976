package io.tidemark.run;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.job.JobSpec;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Lease;
import io.tidemark.ledger.LeaseLost;
import io.tidemark.ledger.Ledger;
import io.tidemark.ledger.SourceIdentity;
import io.tidemark.ledger.State;
import io.tidemark.ledger.Verdict;
import io.tidemark.plan.Action;
import io.tidemark.plan.Plan;
import io.tidemark.record.RowSource;
import io.tidemark.record.Rows;
import io.tidemark.record.Schema;
import io.tidemark.run.batch.AttemptKey;
import io.tidemark.run.batch.BatchHistory;
import io.tidemark.run.batch.BatchJobs;
import io.tidemark.run.batch.StopRequest;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.source.Source;
import io.tidemark.stage.SortMemory;
import io.tidemark.window.Feed;
import io.tidemark.window.Warning;
import io.tidemark.window.Window;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** Makes a plan so. Lives no longer than the lease it was given. */
public final class Apply implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Apply.class);

    /** State connections that no window holds: the lease's, and one to look things up. */
    private static final int OTHER_CONNECTIONS = 3;

    /** How long a stopped run waits for its pages before it breaks them off. */
    private static final Duration GRACE = Duration.ofSeconds(8);

    /** Of all windows together; windows that fit into their share are sorted without a file. */
    private static final int SORT_MEGABYTES = 192;

    /** So much of the heap is theirs at most. */
    private static final int SORT_SHARE = 8;

    private final JobSpec job;
    private final List<Sink> sinks;
    private final Ledger ledger;
    private final RunContext context;
    private final StopRequest stop = new StopRequest();
    private final Map<Feed, String> givenUpFeeds = new ConcurrentHashMap<>();
    private final ExecutorService windows;
    private Set<Feed> unrecorded = Set.of();
    private boolean fresh = true;
    private volatile @Nullable String runFailure;
    private volatile boolean leaseLost;

    private Apply(
            State state,
            Lease lease,
            JobSpec job,
            Source source,
            List<Sink> sinks,
            int windowsInAll,
            InstantSource clock) {
        this.job = job;
        this.sinks = List.copyOf(sinks);
        this.ledger = lease.ledger();
        this.context =
                new RunContext(
                        job,
                        source,
                        SourceIdentity.of(job, source.schema(), source.learned().identity()),
                        this.sinks,
                        lease,
                        new LeaseClaims(lease),
                        BatchJobs.over(
                                state.dataSource(), lease.group(), state.lineage().substring(0, 8)),
                        new StageRoom(state.stageDirectory(), source.schema()),
                        Executors.newCachedThreadPool(),
                        sortMemory(Math.min(job.source().connections(), windowsInAll)),
                        stop,
                        clock);
        this.windows = Executors.newFixedThreadPool(job.source().connections());
    }

    private static SortMemory sortMemory(int windows) {
        long heap = Runtime.getRuntime().maxMemory() >> 20;
        long all = Math.min(SORT_MEGABYTES, heap / SORT_SHARE);
        return SortMemory.ofMegabytes(Math.toIntExact(Math.max(1, all / Math.max(1, windows))));
    }

    /** How many connections to the state an apply of this job uses at once. */
    public static int stateConnections(JobSpec job) {
        return job.source().connections() + OTHER_CONNECTIONS;
    }

    /**
     * @param lease of this job; stays the caller's, as the source and the sinks do
     * @param windowsInAll that there are to work on: the fewer, the more memory for each
     */
    public static Apply of(
            State state,
            Lease lease,
            JobSpec job,
            Source source,
            List<Sink> sinks,
            int windowsInAll,
            InstantSource clock) {
        return new Apply(state, lease, job, source, sinks, windowsInAll, clock);
    }

    /**
     * As {@link #run}, for a plan that was made some time ago: what it says about the source is not
     * believed any more.
     */
    public Applied runSaved(Plan plan, ApplyListener listener) {
        fresh = false;
        ledger.advance();
        return run(plan, listener);
    }

    /**
     * Whether a process that died left anything that no plan speaks of. Where there is nothing to
     * do, that is cheaper to ask than to begin an apply.
     */
    public static boolean isAnythingLeftBehind(
            State state, Lease lease, JobSpec job, Schema schema) {
        return BatchHistory.hasRunning(state.dataSource(), job.name())
                || !new StageRoom(state.stageDirectory(), schema)
                        .unwanted(lease.ledger().entries())
                        .isEmpty();
    }

    /**
     * Deletes what Spring Batch remembers of attempts that ended before an instant: the ledger
     * knows all that plans need.
     *
     * @param lease of the job; whoever holds it runs nothing meanwhile
     * @return of how many attempts
     */
    public static int prune(State state, Lease lease, String job, Instant before) {
        lease.check();
        return BatchHistory.prune(state.dataSource(), job, before);
    }

    /** Deletes stages that nobody comes back to, and ends what Batch believes is running. */
    public void clearAway() {
        List<Entry> entries = ledger.entries();
        context.stages().deleteAllBut(entries);
        context.batch()
                .recover(
                        job.name(),
                        entries.stream()
                                .flatMap(entry ->
                                        entry.attempt().stream()
                                                .map(attempt ->
                                                        new AttemptKey(
                                                                job.name(),
                                                                entry.window(),
                                                                attempt.number())))
                                .collect(Collectors.toSet()));
    }

    /** Works on every action of the plan; returns when all have ended, one way or another. */
    public Applied run(Plan plan, ApplyListener listener) {
        Instant began = context.clock().instant();
        unrecorded =
                plan.warnings().stream()
                        .flatMap(warning ->
                                warning instanceof Warning.NothingRecorded(Feed feed)
                                        ? Stream.of(feed)
                                        : Stream.empty())
                        .collect(Collectors.toSet());
        clearAway();
        listener.begins(plan.actions());
        Tally tally = new Tally();
        Iterator<Action> queue = plan.actions().iterator();
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < job.source().connections(); i++) {
            workers.add(
                    windows.submit(() -> {
                        for (Action action = next(queue); action != null; action = next(queue)) {
                            WindowOutcome outcome = work(action, listener);
                            context.group()
                                    .afterwards(unwritten -> {
                                        WindowOutcome end =
                                                unwritten.isEmpty()
                                                        ? outcome
                                                        : unwritten(outcome, unwritten.get());
                                        LOG.info(
                                                "{} {}",
                                                end.getClass().getSimpleName(),
                                                end.action().window());
                                        tally.add(end);
                                        listener.windowEnds(end);
                                    });
                        }
                    }));
        }
        await(workers);
        try {
            context.group().flush();
        } catch (RuntimeException told) {
            LOG.debug("the last group is not written", told); // each of its windows says so
        }
        listener.ends();
        return tally.applied(
                Duration.between(began, context.clock().instant()),
                sinks.stream().map(Sink::id).toList(),
                warnings(plan),
                Optional.ofNullable(runFailure),
                leaseLost);
    }

    /** The plan's, of what does not change, and what the source has said since. */
    private List<Warning> warnings(Plan plan) {
        return Stream.concat(
                        context.source().warnings().stream(),
                        plan.warnings().stream().filter(Warning.Forgotten.class::isInstance))
                .toList();
    }

    /**
     * Asks the run to end: windows stop behind the page they are at, and what is committed stays.
     * Returns at once; {@link #run} returns soon after. May be called from any thread.
     */
    public void stop() {
        stop.request();
        Thread.ofVirtual().start(this::breakOffAfterGrace);
    }

    private void breakOffAfterGrace() {
        try {
            windows.shutdown();
            if (!windows.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                // what is in flight fails; interrupting the threads instead would break the
                // embedded database that they write to
                context.source().close();
            }
        } catch (InterruptedException nobodyWaits) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        windows.close();
        context.publishers().close();
    }

    private static @Nullable Action next(Iterator<Action> queue) {
        synchronized (queue) {
            return queue.hasNext() ? queue.next() : null;
        }
    }

    private WindowOutcome work(Action action, ApplyListener listener) {
        if (stop.isRequested()) {
            return new WindowOutcome.Stopped(action);
        }
        String givenUp = givenUpFeeds.get(action.window().feed());
        if (givenUp != null) {
            return new WindowOutcome.Failed(action, givenUp);
        }
        try {
            return act(action, listener);
        } catch (Exception | OutOfMemoryError unexpected) {
            return fail(
                    action, WindowFailure.of(unexpected, context.stages().directory()), unexpected);
        }
    }

    private WindowOutcome act(Action action, ApplyListener listener) throws Exception {
        return switch (action.cause()) {
            case NEVER_EXPORTED ->
                    action.estimate().isNothing() && fresh
                            ? recordAsEmpty(action)
                            : export(action, action.attempt(), listener);
            case UNFINISHED,
                    JOB_CHANGED,
                    INCOMPLETE,
                    OPEN_RECORDS_AND_SINKS_DIFFER,
                    OPEN_RECORDS_UNSEEN ->
                    export(action, action.attempt(), listener);
            case OPEN_RECORDS ->
                    openRecordsAreUnchanged(action.window())
                            ? new WindowOutcome.Unchanged(action)
                            : export(action, action.attempt(), listener);
            case SINKS_DIFFER -> republish(action, listener);
            case FINE -> throw new IllegalArgumentException("nothing to do: " + action);
        };
    }

    /** The source has just shown that there is nothing: that needs no batch job. */
    private WindowOutcome recordAsEmpty(Action action) throws SinkException, IOException {
        Window window = action.window();
        int attempt = action.attempt();
        Claim claim = context.claim(window, attempt);
        Losses losses =
                new Losses(window, context.source().schema(), Optional.empty(), Set.of(), sinks);
        losses.refuseAll();
        context.claims().check(claim);
        RowSource nothing =
                () -> new Rows(context.source().schema()).reader(window.feed().values());
        List<Receipt> receipts = new ArrayList<>();
        for (Sink sink : sinks) {
            receipts.add(sink.publish(window, attempt, nothing, losses.replaceable(sink)));
            Failpoint.PUBLISHED.pass();
        }
        boolean off = unrecorded.contains(window.feed());
        Entry.Export entry =
                new Entry.Export(
                        attempt,
                        context.clock().instant(),
                        0,
                        0,
                        0,
                        off ? OptionalLong.empty() : OptionalLong.of(0),
                        Proof.ofNothing(off),
                        context.identity());
        context.group()
                .together(() -> {
                    ledger.begin(window, attempt, context.clock().instant(), context.identity());
                    receipts.forEach(receipt -> ledger.received(window, attempt, receipt));
                    ledger.exported(window, entry);
                });
        return new WindowOutcome.Done(action, entry, receipts);
    }

    private boolean openRecordsAreUnchanged(Window window) {
        Entry.Export exported = ledger.entry(window).flatMap(Entry::exported).orElseThrow();
        return context.source()
                .unchanged(window, exported.records(), ledger.open(window, exported.attempt()));
    }

    /**
     * Copies the window from a sink that still holds it to those that differ. Where no sink can
     * give it back, it is read again from the source; sinks that agree are then left untouched,
     * because the same records are the same bytes.
     */
    private WindowOutcome republish(Action action, ApplyListener listener) throws Exception {
        Optional<List<Receipt>> copies = new Republish(context, action).run();
        if (copies.isEmpty()) {
            return export(action, action.attempt() + 1, listener);
        }
        context.group()
                .together(() ->
                        copies.get()
                                .forEach(copy ->
                                        ledger.received(action.window(), action.attempt(), copy)));
        return new WindowOutcome.Republished(action, copies.get());
    }

    private WindowOutcome export(Action action, int attempt, ApplyListener listener)
            throws Exception {
        Window window = action.window();
        WindowExport export =
                new WindowExport(context, action, records -> listener.pageFetched(window, records));
        return switch (export.run(attempt)) {
            case WindowExport.Result.Done(var entry, var receipts) ->
                    new WindowOutcome.Done(action, entry, receipts);
            case WindowExport.Result.Stopped stopped -> new WindowOutcome.Stopped(action);
            case WindowExport.Result.Failed(var failure, var cause) -> fail(action, failure, cause);
        };
    }

    private WindowOutcome fail(Action action, WindowFailure failure, Throwable cause) {
        LOG.error("{} failed", action.window(), cause);
        remember();
        return switch (failure) {
            case WindowFailure.LeaseTaken taken -> {
                leaseLost = true;
                giveUpRun(taken.reason());
                yield new WindowOutcome.Stopped(action);
            }
            case WindowFailure.Refused refused ->
                    new WindowOutcome.Failed(action, refused.reason());
            case WindowFailure.Anew anew -> kept(action, anew.reason());
            case WindowFailure.GivenUp(var reach, String reason) -> {
                switch (reach) {
                    case ATTEMPT, WINDOW -> {}
                    case FEED -> givenUpFeeds.put(action.window().feed(), reason);
                    case RUN -> giveUpRun(reason);
                }
                yield kept(action, reason);
            }
        };
    }

    /** What came of a window does not stand in the state: the next apply takes it up. */
    private WindowOutcome unwritten(WindowOutcome outcome, RuntimeException why) {
        return switch (outcome) {
            case WindowOutcome.Failed failed -> failed;
            case WindowOutcome.Stopped stopped -> stopped;
            case WindowOutcome.Done done -> unwritten(done.action(), why);
            case WindowOutcome.Republished copied -> unwritten(copied.action(), why);
            case WindowOutcome.Unchanged unchanged -> unwritten(unchanged.action(), why);
        };
    }

    private WindowOutcome unwritten(Action action, RuntimeException why) {
        return fail(action, WindowFailure.of(why, context.stages().directory()), why);
    }

    /** The next apply goes on with what there is. */
    private WindowOutcome kept(Action action, String reason) {
        try {
            ledger.failed(action.window(), reason);
        } catch (RuntimeException unwritten) {
            giveUpRun(WindowFailure.of(unwritten, context.stages().directory()).reason());
        }
        return new WindowOutcome.Failed(action, reason);
    }

    /** The source may have contradicted what it had seemed to be. */
    private void remember() {
        try {
            context.source()
                    .learned()
                    .memory()
                    .ifPresent(memory -> ledger.remember(job.source().origin().name(), memory));
        } catch (LeaseLost | DataAccessException told) {
            LOG.debug("what was learnt is not kept", told); // the window's failure says it
        }
    }

    private void giveUpRun(String reason) {
        runFailure = reason;
        stop.request();
    }

    private static void await(List<Future<?>> workers) {
        for (Future<?> worker : workers) {
            try {
                worker.get();
            } catch (java.util.concurrent.CancellationException stopped) {
                // shut down before it began
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return;
            } catch (java.util.concurrent.ExecutionException unexpected) {
                throw new IllegalStateException(unexpected.getCause());
            }
        }
    }

    /** Adds up outcomes as they come in. */
    private static final class Tally {
        private long exported;
        private long republished;
        private long unchanged;
        private long records;
        private long quarantined;
        private long unproven;
        private long stopped;
        private final List<WindowOutcome.Done> incomplete = new ArrayList<>();
        private final List<WindowOutcome.Failed> failed = new ArrayList<>();

        synchronized void add(WindowOutcome outcome) {
            switch (outcome) {
                case WindowOutcome.Done window -> {
                    exported++;
                    records += window.entry().records();
                    quarantined += window.entry().quarantined();
                    Verdict.Kind verdict = window.entry().verdict().kind();
                    switch (verdict) {
                        case COMPLETE -> {}
                        case INCOMPLETE -> incomplete.add(window);
                        case UNPROVEN -> unproven++;
                    }
                }
                case WindowOutcome.Republished window -> republished++;
                case WindowOutcome.Unchanged window -> unchanged++;
                case WindowOutcome.Failed window -> failed.add(window);
                case WindowOutcome.Stopped window -> stopped++;
            }
        }

        synchronized Applied applied(
                Duration took,
                List<String> sinks,
                List<Warning> warnings,
                Optional<String> runFailure,
                boolean leaseLost) {
            return new Applied(
                    exported,
                    republished,
                    unchanged,
                    records,
                    quarantined,
                    incomplete,
                    unproven,
                    failed,
                    stopped,
                    took,
                    sinks,
                    warnings,
                    runFailure,
                    leaseLost);
        }
    }
}
