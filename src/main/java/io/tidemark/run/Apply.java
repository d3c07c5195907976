package io.tidemark.run;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.invocation.FunctionUrn;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Lease;
import io.tidemark.ledger.LeaseLost;
import io.tidemark.ledger.Ledger;
import io.tidemark.ledger.SourceIdentity;
import io.tidemark.ledger.State;
import io.tidemark.ledger.Verdict;
import io.tidemark.plan.Action;
import io.tidemark.plan.Plan;
import io.tidemark.plan.Warning;
import io.tidemark.sink.InvocationReader;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.sink.Sinks;
import io.tidemark.source.Failure;
import io.tidemark.source.InvocationSource;
import io.tidemark.job.JobSpec;
import io.tidemark.stage.SortMemory;
import io.tidemark.window.FilterMeaning;
import io.tidemark.window.Window;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobExecutionAlreadyRunningException;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.core.NestedRuntimeException;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes a plan so. Lives no longer than the lease it was given. */
public final class Apply implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Apply.class);

    /** State connections that no window holds: the lease's, and one to look things up. */
    private static final int OTHER_CONNECTIONS = 3;

    /** How long a stopped run waits for its pages before it breaks them off. */
    private static final Duration GRACE = Duration.ofSeconds(8);

    private static final int SORT_MEGABYTES = 32;

    private final JobSpec job;
    private final InvocationSource source;
    private final List<Sink> sinks;
    private final Lease lease;
    private final Ledger ledger;
    private final BatchRuntime batch;
    private final StageRoom stages;
    private final InstantSource clock;
    private final StopRequest stop = new StopRequest();
    private final Map<FunctionUrn, String> givenUpFunctions = new ConcurrentHashMap<>();
    private final Persistence persistence;
    private final Set<FunctionUrn> refusedUnrecorded = ConcurrentHashMap.newKeySet();
    private final ExecutorService windows;
    private final TransactionTemplate together;
    private final WindowRun.Surroundings around;
    private boolean fresh = true;
    private volatile @Nullable String runFailure;
    private volatile boolean leaseLost;

    private Apply(
            State state,
            Lease lease,
            JobSpec job,
            InvocationSource source,
            FilterMeaning meaning,
            List<Sink> sinks,
            InstantSource clock) {
        this.job = job;
        this.source = source;
        this.sinks = List.copyOf(sinks);
        this.lease = lease;
        this.ledger = lease.ledger();
        this.batch = BatchRuntime.over(state.dataSource());
        this.stages = new StageRoom(state.stageDirectory());
        this.clock = clock;
        this.persistence = new Persistence(source);
        this.around =
                new WindowRun.Surroundings(
                        job,
                        source,
                        meaning,
                        SourceIdentity.of(job, meaning),
                        persistence,
                        this.sinks,
                        lease,
                        batch.repository(),
                        batch.transactions(),
                        stop,
                        SortMemory.ofMegabytes(
                                Math.max(1, SORT_MEGABYTES / job.source().connections())),
                        clock);
        this.together = new TransactionTemplate(around.entries());
        this.windows = Executors.newFixedThreadPool(job.source().connections());
    }

    /** How many connections to the state an apply of this job uses at once. */
    public static int stateConnections(JobSpec job) {
        return job.source().connections() + OTHER_CONNECTIONS;
    }

    /**
     * @param meaning what the source is known to filter
     * @param lease of this job; stays the caller's, as the source and the sinks do
     */
    public static Apply of(
            State state,
            Lease lease,
            JobSpec job,
            InvocationSource source,
            FilterMeaning meaning,
            List<Sink> sinks,
            InstantSource clock) {
        return new Apply(state, lease, job, source, meaning, sinks, clock);
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
    public static boolean isAnythingLeftBehind(State state, Lease lease, JobSpec job) {
        return BatchHistory.hasRunning(state, job.name())
                || !new StageRoom(state.stageDirectory())
                        .unwanted(lease.ledger().entries())
                        .isEmpty();
    }

    /**
     * Deletes stages that nobody comes back to, and ends what Spring Batch believes is running:
     * under the lease, that is always the work of a process that died. Where it died between a
     * window's entry and the end of its batch job, there is nothing to go on with.
     */
    public void clearAway() {
        List<Entry> entries = ledger.entries();
        stages.deleteAllBut(entries);
        List<JobExecution> running =
                batch.repository().findRunningJobExecutions(WindowRun.JOB_NAME).stream()
                        .filter(execution ->
                                job.name().equals(execution.getJobParameters().getString("job")))
                        .toList();
        if (running.isEmpty()) {
            return;
        }
        Set<JobParameters> unfinished =
                entries.stream()
                        .flatMap(entry ->
                                entry.attempt().stream()
                                        .map(attempt ->
                                                parameters(entry.window(), attempt.generation())))
                        .collect(Collectors.toSet());
        for (JobExecution execution : running) {
            JobExecution ended = batch.operator().recover(execution);
            if (!unfinished.contains(execution.getJobParameters())) {
                abandon(ended);
            }
        }
    }

    private void abandon(JobExecution ended) {
        try {
            batch.operator().abandon(ended);
        } catch (JobExecutionAlreadyRunningException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Works on every action of the plan; returns when all have ended, one way or another. */
    public Applied run(Plan plan, ApplyListener listener) {
        Instant began = clock.instant();
        if (fresh) {
            persistence.believe(plan);
        }
        clearAway();
        listener.begins(plan.actions().size());
        Tally tally = new Tally();
        Iterator<Action> queue = plan.actions().iterator();
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < job.source().connections(); i++) {
            workers.add(
                    windows.submit(() -> {
                        for (Action action = next(queue); action != null; action = next(queue)) {
                            WindowOutcome outcome = work(action, listener);
                            LOG.info("{} {}", outcome.getClass().getSimpleName(), action.window());
                            tally.add(outcome);
                            listener.windowEnds(outcome);
                        }
                    }));
        }
        await(workers);
        listener.ends();
        return tally.applied(
                Duration.between(began, clock.instant()),
                sinks.stream().map(Sink::id).toList(),
                warnings(plan),
                Optional.ofNullable(runFailure),
                leaseLost);
    }

    /** What is known of persistence by now, and what else the plan warned about. */
    private List<Warning> warnings(Plan plan) {
        List<Warning> warnings = new ArrayList<>(persistence.warnings());
        for (Warning warning : plan.warnings()) {
            switch (warning) {
                case Warning.PersistenceOff off -> {} // may have been switched on since
                case Warning.Retention retention -> warnings.add(retention);
            }
        }
        return warnings;
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
                source.close();
            }
        } catch (InterruptedException nobodyWaits) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        windows.close();
        batch.close();
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
        String givenUp = givenUpFunctions.get(action.window().function());
        if (givenUp != null) {
            return new WindowOutcome.Failed(action, givenUp);
        }
        try {
            return act(action, listener);
        } catch (LeaseLost lost) {
            leaseLost = true;
            giveUpRun(lost.getMessage());
            return new WindowOutcome.Stopped(action);
        } catch (Exception unexpected) {
            return fail(action, unexpected);
        }
    }

    private WindowOutcome act(Action action, ApplyListener listener) throws Exception {
        return switch (action.cause()) {
            case NEVER_EXPORTED ->
                    action.estimate().isNothing() && fresh
                                    || refusedUnrecorded.contains(action.window().function())
                            ? recordAsEmpty(action, action.generation())
                            : export(action, listener);
            case UNFINISHED,
                    JOB_CHANGED,
                    INCOMPLETE,
                    OPEN_RECORDS_AND_SINKS_DIFFER,
                    OPEN_RECORDS_UNSEEN ->
                    export(action, listener);
            case OPEN_RECORDS ->
                    openRecordsAreUnchanged(action.window())
                            ? new WindowOutcome.Unchanged(action)
                            : export(action, listener);
            case SINKS_DIFFER -> republish(action, listener);
            case FINE -> throw new IllegalArgumentException("nothing to do: " + action);
        };
    }

    /**
     * The source has just shown that there is nothing, or that it records nothing: that needs no
     * batch job.
     */
    private WindowOutcome recordAsEmpty(Action action, int generation) throws SinkException {
        Window window = action.window();
        boolean off = persistence.isOff(window.function());
        lease.check();
        List<Receipt> receipts = new ArrayList<>();
        for (Sink sink : sinks) {
            receipts.add(sink.publish(window, generation, 0, Collections.emptyIterator()));
            Failpoint.PUBLISHED.pass();
        }
        Entry.Exported entry =
                new Entry.Exported(
                        generation,
                        clock.instant(),
                        0,
                        0,
                        0,
                        off ? OptionalLong.empty() : OptionalLong.of(0),
                        Proof.ofNothing(off),
                        around.identity());
        together.executeWithoutResult(transaction -> {
            ledger.begin(window, generation, clock.instant(), around.identity());
            receipts.forEach(receipt -> ledger.received(window, generation, receipt));
            ledger.exported(window, entry);
        });
        return new WindowOutcome.Exported(action, entry, receipts);
    }

    private boolean openRecordsAreUnchanged(Window window) {
        return around.singleRecords()
                .openOnesAreUnchanged(
                        window,
                        ledger.entry(window).flatMap(Entry::exported).orElseThrow(),
                        clock.instant());
    }

    /**
     * Copies the window from a sink that still holds it to those that differ. Where no sink can
     * give it back, it is read again from the source; sinks that agree are then left untouched,
     * because the same records are the same bytes.
     */
    private WindowOutcome republish(Action action, ApplyListener listener) throws Exception {
        Window window = action.window();
        List<Receipt> receipts = ledger.receipts(window, action.generation());
        List<Sink> differing =
                sinks.stream().filter(sink -> action.sinks().contains(sink.id())).toList();
        for (Sink healthy : Sinks.readable(sinks)) {
            Optional<Receipt> receipt = Receipt.of(healthy, receipts);
            if (differing.contains(healthy) || receipt.isEmpty()) {
                continue;
            }
            Optional<List<Receipt>> copies = copy(action, healthy, receipt.get(), differing);
            if (copies.isPresent()) {
                together.executeWithoutResult(transaction ->
                        copies.get()
                                .forEach(copy ->
                                        ledger.received(window, action.generation(), copy)));
                return new WindowOutcome.Republished(action, copies.get());
            }
        }
        return export(action, action.generation() + 1, listener);
    }

    /** What the sinks say to the copy; empty where the healthy sink cannot give the window back. */
    private Optional<List<Receipt>> copy(
            Action action, Sink healthy, Receipt receipt, List<Sink> differing)
            throws IOException, SinkException {
        List<Receipt> copies = new ArrayList<>();
        for (Sink sink : differing) {
            Optional<InvocationReader> reader = healthy.read(action.window(), receipt);
            if (reader.isEmpty()) {
                return Optional.empty();
            }
            try (InvocationReader records = reader.get()) {
                lease.check();
                copies.add(sink.publish(action.window(), action.generation(), 0, records));
                Failpoint.PUBLISHED.pass();
            }
        }
        return Optional.of(copies);
    }

    private WindowOutcome export(Action action, ApplyListener listener) throws Exception {
        return export(action, action.generation(), listener);
    }

    private WindowOutcome export(Action action, int planned, ApplyListener listener)
            throws Exception {
        Window window = action.window();
        int generation = freeGeneration(window, planned);
        boolean anewOnce = false;
        boolean inPieces = false;
        while (true) {
            ledger.begin(window, generation, clock.instant(), around.identity());
            Failpoint.WINDOW_BEGUN.pass();
            JobExecution execution = launch(window, generation, inPieces, listener);
            switch (execution.getStatus()) {
                case COMPLETED -> {
                    Failpoint.INSTANCE_ENDED.pass();
                    stages.of(window, generation).delete();
                    return new WindowOutcome.Exported(
                            action,
                            ledger.entry(window).flatMap(Entry::exported).orElseThrow(),
                            ledger.receipts(window, generation));
                }
                case STOPPED -> {
                    return new WindowOutcome.Stopped(action);
                }
                case FAILED, ABANDONED, UNKNOWN, STARTING, STARTED, STOPPING -> {
                    Throwable cause = cause(execution);
                    if (stop.isRequested()) {
                        return new WindowOutcome.Stopped(action);
                    }
                    if (cause instanceof FewerRecords) {
                        return refuse(action, generation, execution, cause.getMessage());
                    }
                    if (cause instanceof SourceFailed failed
                            && isRefusedAsUnrecorded(window, failed, execution)) {
                        refusedUnrecorded.add(window.function());
                        batch.operator().abandon(execution);
                        stages.of(window, generation).delete();
                        return recordAsEmpty(action, generation);
                    }
                    if (cause instanceof BeginAnew anew && anew.isToBeReadInPieces() && !inPieces) {
                        inPieces = true;
                    } else if (cause instanceof BeginAnew && !anewOnce) {
                        anewOnce = true;
                    } else {
                        return fail(action, cause);
                    }
                    LOG.info("{} begins anew: {}", window, cause.getMessage());
                    abandon(execution);
                    stages.of(window, generation).delete();
                    generation = freeGeneration(window, generation + 1);
                }
            }
        }
    }

    /**
     * Whether the source refused the very first page of a window that stands nowhere yet, and says
     * that it records nothing of the function. Then that is its answer; where there are records to
     * lose, it is a failure.
     */
    private boolean isRefusedAsUnrecorded(
            Window window, SourceFailed failed, JobExecution execution) {
        return failed.scope() == Failure.Scope.FUNCTION
                && ledger.entry(window).flatMap(Entry::exported).isEmpty()
                && execution.getStepExecutions().stream()
                        .map(step -> FetchPosition.load(step.getExecutionContext()))
                        .allMatch(position ->
                                position.isEmpty() || position.get().equals(FetchPosition.START))
                && persistence.isOff(window.function());
    }

    private JobExecution launch(
            Window window, int generation, boolean inPieces, ApplyListener listener)
            throws Exception {
        try (WindowRun run =
                new WindowRun(
                        around,
                        window,
                        generation,
                        stages.of(window, generation),
                        inPieces,
                        rows -> listener.pageFetched(window, rows))) {
            return batch.operator().start(run.job(), parameters(window, generation));
        }
    }

    /**
     * The generation to work on: the planned one where it can be begun or gone on with, else the
     * next that can. What a dead process left running is recovered; whoever calls holds the lease,
     * so that nobody else is running it.
     */
    private int freeGeneration(Window window, int planned) {
        JobRepository repository = batch.repository();
        int generation = planned;
        while (true) {
            JobExecution last =
                    repository.getLastJobExecution(
                            WindowRun.JOB_NAME, parameters(window, generation));
            if (last == null) {
                return generation;
            }
            switch (last.getStatus()) {
                case STARTING, STARTED, STOPPING -> {
                    batch.operator().recover(last);
                    batch.putBehindWhatIsToCome(last.getJobInstance());
                    return generation;
                }
                case FAILED, STOPPED -> {
                    // a kill can leave a failed job with a step that still runs
                    if (last.getStepExecutions().stream()
                            .anyMatch(step -> step.getStatus().isRunning())) {
                        last.setStatus(BatchStatus.STARTED);
                        batch.operator().recover(last);
                    }
                    batch.putBehindWhatIsToCome(last.getJobInstance());
                    return generation;
                }
                case COMPLETED, ABANDONED, UNKNOWN -> generation++;
            }
        }
    }

    private JobParameters parameters(Window window, int generation) {
        return new JobParametersBuilder()
                .addString("job", job.name())
                .addString("function", window.function().canonical())
                .addString("from", window.from().toString())
                .addString("to", window.to().toString())
                .addLong("generation", (long) generation)
                .toJobParameters();
    }

    /**
     * The window stays as it is exported, and what was read is dropped: the next reading is a new
     * one.
     */
    private WindowOutcome refuse(
            Action action, int generation, JobExecution execution, String reason) throws Exception {
        abandon(execution);
        ledger.withdraw(action.window());
        stages.of(action.window(), generation).delete();
        return new WindowOutcome.Failed(action, reason);
    }

    private WindowOutcome fail(Action action, Throwable cause) {
        if (cause instanceof LeaseLost lost) {
            throw lost;
        }
        LOG.error("{} failed", action.window(), cause);
        String reason =
                switch (cause) {
                    case SourceFailed failed -> {
                        giveUp(failed, action.window().function());
                        yield failed.getMessage();
                    }
                    case SinkException failed -> failed.getMessage();
                    case BeginAnew anew -> anew.getMessage();
                    case SourceContradicts contradicts -> {
                        forgetMeaning();
                        yield contradicts.getMessage();
                    }
                    case IOException failed ->
                            "the stage cannot be used: %s; it is under %s"
                                    .formatted(failed, stages.directory());
                    case OutOfMemoryError full ->
                            "the heap is full (%s); give it more, such as TIDEMARK_JAVA_OPTS=-Xmx1g, or lower source.page-size and source.connections"
                                    .formatted(full.getMessage());
                    case DataAccessException failed -> stateFailed(failed);
                    case TransactionException failed -> stateFailed(failed);
                    default -> "unexpected: %s; the log has the details".formatted(cause);
                };
        try {
            ledger.failed(action.window(), reason);
        } catch (LeaseLost lost) {
            giveUpRun(lost.getMessage());
        } catch (DataAccessException failed) {
            giveUpRun(stateFailed(failed));
        }
        return new WindowOutcome.Failed(action, reason);
    }

    private static String stateFailed(NestedRuntimeException failed) {
        return "the state cannot be used any more (%s); see that its database runs and has room, then apply again: it goes on from what was committed"
                .formatted(
                        String.valueOf(failed.getMostSpecificCause().getMessage())
                                .lines()
                                .findFirst()
                                .orElse(""));
    }

    private void forgetMeaning() {
        ledger.remember(
                job.source().origin().name(), FilterMeaning.hidden(around.meaning().samples()));
    }

    private void giveUp(SourceFailed failed, FunctionUrn function) {
        switch (failed.scope()) {
            case WINDOW -> {}
            case FUNCTION -> givenUpFunctions.put(function, failed.getMessage());
            case RUN -> giveUpRun(failed.getMessage());
        }
    }

    private void giveUpRun(String reason) {
        runFailure = reason;
        stop.request();
    }

    /** The exception of ours that made the job fail; the outermost one where none is. */
    private static Throwable cause(JobExecution execution) {
        List<Throwable> failures = execution.getAllFailureExceptions();
        for (Throwable failure : failures) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof SourceFailed
                        || cause instanceof SinkException
                        || cause instanceof BeginAnew
                        || cause instanceof SourceContradicts
                        || cause instanceof FewerRecords
                        || cause instanceof LeaseLost
                        || cause instanceof IOException) {
                    return cause;
                }
            }
        }
        return failures.isEmpty()
                ? new IllegalStateException("the batch job ended as " + execution.getStatus())
                : failures.getFirst();
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
        private final List<WindowOutcome.Exported> incomplete = new ArrayList<>();
        private final List<WindowOutcome.Failed> failed = new ArrayList<>();

        synchronized void add(WindowOutcome outcome) {
            switch (outcome) {
                case WindowOutcome.Exported window -> {
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
