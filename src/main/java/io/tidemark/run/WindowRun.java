package io.tidemark.run;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.invocation.Invocation;
import io.tidemark.invocation.InvocationStatus;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Lease;
import io.tidemark.ledger.Ledger;
import io.tidemark.ledger.SourceIdentity;
import io.tidemark.ledger.Verdict;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.source.InvocationSource;
import io.tidemark.source.Page;
import io.tidemark.job.JobSpec;
import io.tidemark.stage.SortMemory;
import io.tidemark.stage.SortedStage;
import io.tidemark.stage.Stage;
import io.tidemark.stage.StageLost;
import io.tidemark.window.FilterMeaning;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterators;
import java.util.function.IntConsumer;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.StepInterruptionPolicy;
import org.springframework.batch.core.step.builder.ChunkOrientedStepBuilder;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * One reading of one window, as a batch job: fetch into the stage, publish the stage to each sink,
 * and tell the ledger. Steps that are done are not done again when the job is restarted.
 */
final class WindowRun implements AutoCloseable {
    static final String JOB_NAME = "export";
    private static final String FETCH = "fetch";

    /**
     * A page is what a kill costs: committing one takes about a millisecond, reading it much more.
     */
    private static final int PAGES_PER_CHUNK = 1;

    private final Surroundings around;
    private final Window window;
    private final int generation;
    private final Stage stage;
    private final boolean inPieces;
    private final IntConsumer fetched;
    private final Ledger ledger;
    private final NextDoor before;
    private final NextDoor after;
    private @Nullable SortedStage sorted;
    private long moved = -1; // not known yet
    private long farOutside;

    /** What all windows of an apply have in common. */
    record Surroundings(
            JobSpec job,
            InvocationSource source,
            FilterMeaning meaning,
            SourceIdentity identity,
            Persistence persistence,
            List<Sink> sinks,
            Lease lease,
            JobRepository repository,
            PlatformTransactionManager transactions,
            StepInterruptionPolicy interruption,
            SortMemory sortMemory,
            InstantSource clock) {

        PlatformTransactionManager chunks() {
            return new CommitEdges(transactions, Failpoint.CHUNK_SAVED, Failpoint.CHUNK_COMMITTED);
        }

        PlatformTransactionManager receipts() {
            return new CommitEdges(
                    transactions, Failpoint.RECEIPT_SAVED, Failpoint.RECEIPT_COMMITTED);
        }

        PlatformTransactionManager entries() {
            return new CommitEdges(transactions, Failpoint.ENTRY_SAVED, Failpoint.ENTRY_COMMITTED);
        }

        SingleRecords singleRecords() {
            return new SingleRecords(source, lease.ledger(), meaning, job.source().pageSize());
        }
    }

    WindowRun(
            Surroundings around,
            Window window,
            int generation,
            Stage stage,
            boolean inPieces,
            IntConsumer fetched) {
        this.around = around;
        this.window = window;
        this.generation = generation;
        this.stage = stage;
        this.inPieces = inPieces;
        this.fetched = fetched;
        this.before = nextDoor(around.meaning().justBefore(window.range()));
        this.after = nextDoor(around.meaning().justAfter(window.range()));
        this.ledger = around.lease().ledger();
    }

    Job job() {
        SimpleJobBuilder job = new JobBuilder(JOB_NAME, around.repository()).start(fetch());
        for (Sink sink : around.sinks()) {
            job.next(tasklet(stepName(sink), around.receipts(), step -> publish(sink, step)));
        }
        return job.next(tasklet("ledger", around.entries(), this::tellLedger)).build();
    }

    @Override
    public void close() {
        try {
            if (sorted != null) {
                sorted.close();
            }
        } catch (IOException leftBehind) {
            // scratch files go with the stage, or before it is sorted again
        }
    }

    private Step fetch() {
        return new ChunkOrientedStepBuilder<Page, NormalPage>(
                        FETCH, around.repository(), PAGES_PER_CHUNK)
                .reader(
                        new PageReader(
                                around.source(),
                                around.job().source(),
                                window,
                                around.meaning(),
                                inPieces,
                                fetched))
                .processor(new PageNormaliser(window.function()))
                .writer(new StagePageWriter(stage, around.lease()::check))
                .transactionManager(around.chunks())
                .interruptionPolicy(around.interruption())
                .build();
    }

    /** What a tasklet does, told the execution of the fetch step that it works on. */
    private interface Work {
        void on(StepExecution fetch) throws Exception;
    }

    private Step tasklet(String name, PlatformTransactionManager transactions, Work work) {
        Tasklet tasklet =
                (StepContribution contribution, ChunkContext context) -> {
                    StepExecution fetch =
                            around.repository()
                                    .getLastStepExecution(
                                            contribution
                                                    .getStepExecution()
                                                    .getJobExecution()
                                                    .getJobInstance(),
                                            FETCH);
                    if (fetch == null || !FetchPosition.finished(fetch.getExecutionContext())) {
                        throw new IllegalStateException(
                                "publishing %s before all of it was fetched".formatted(window));
                    }
                    work.on(fetch);
                    return RepeatStatus.FINISHED;
                };
        return new StepBuilder(name, around.repository()).tasklet(tasklet, transactions).build();
    }

    private void publish(Sink sink, StepExecution fetch) throws IOException, SinkException {
        SortedStage records = sorted(fetch);
        long moved = moved(records);
        around.lease().check();
        Receipt receipt = sink.publish(window, generation, moved, records.records());
        Failpoint.PUBLISHED.pass();
        ledger.received(window, generation, receipt);
    }

    /** How many of the exported records belong to other windows by now; a loss is refused. */
    private long moved(SortedStage records) throws IOException, SinkException {
        if (moved < 0) {
            Optional<Entry.Exported> before = ledger.entry(window).flatMap(Entry::exported);
            moved =
                    before.isEmpty()
                            ? 0
                            : new LossCheck(ledger, around.sinks(), around.singleRecords())
                                    .moved(window, before.get(), records, around.clock().instant());
        }
        return moved;
    }

    private void tellLedger(StepExecution fetch) throws IOException {
        SortedStage records = sorted(fetch);
        CountTally counts = CountTally.load(fetch.getExecutionContext());
        List<Receipt> receipts = ledger.receipts(window, generation);
        ledger.quarantine(window, generation, records.quarantined());
        if (records.openCount() > 0) {
            ledger.open(window, generation, open(records));
        }
        ledger.exported(
                window,
                new Entry.Exported(
                        generation,
                        around.clock().instant(),
                        records.recordCount(),
                        records.openCount(),
                        records.quarantinedCount(),
                        counts.total(),
                        verdict(records, counts, receipts),
                        around.identity()));
    }

    private static Iterator<Invocation> open(SortedStage records) throws IOException {
        Iterator<Invocation> all = records.records();
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(all, 0), false)
                .filter(record -> record.status().isOpen())
                .iterator();
    }

    private Verdict verdict(SortedStage records, CountTally counts, List<Receipt> receipts) {
        long returned = records.returnedCount() + records.quarantinedCount();
        Verdict verdict =
                Proof.verdict(
                        new Proof.Numbers(
                                counts.total(),
                                counts.doubt(),
                                returned,
                                records.recordCount(),
                                records.quarantinedCount(),
                                around.job().maxQuarantined(),
                                around.meaning().proven() ? 0 : farOutside),
                        receipts);
        return verdict.kind() != Verdict.Kind.INCOMPLETE
                        && returned == 0
                        && around.persistence().isOff(window.function())
                ? Proof.ofNothing(true)
                : verdict;
    }

    private boolean belongsHere(Invocation record) {
        Set<InvocationStatus> wanted = around.job().source().statuses();
        if (!wanted.isEmpty() && !wanted.contains(record.status())) {
            return false; // the source does not heed the filter
        }
        return switch (around.meaning().place(window.range(), record)) {
            case INSIDE -> true;
            case BEFORE -> isMissing(record, before);
            case AFTER -> isMissing(record, after);
            case TIMELESS -> !before.lists(record.requestId());
            case FAR_OUTSIDE -> {
                farOutside++;
                yield !before.lists(record.requestId());
            }
            case CONTRADICTION -> throw new SourceContradicts(around.meaning(), record);
        };
    }

    /**
     * Whether a record is in no window unless it is in this one, for the window that should have it
     * by its time does not list it.
     *
     * @throws SourceContradicts where the source had seemed to compare that time; one that is no
     *     longer listed here either says nothing
     */
    private boolean isMissing(Invocation record, NextDoor there) {
        if (there.lists(record.requestId())) {
            return false;
        }
        if (!around.meaning().proven()) {
            farOutside++;
            return true;
        }
        if (around.singleRecords().isListed(window, record.requestId())) {
            throw new SourceContradicts(around.meaning(), record);
        }
        return false;
    }

    private NextDoor nextDoor(TimeRange asked) {
        return new NextDoor(
                around.source(), window.function(), asked, around.job().source().pageSize());
    }

    /**
     * @throws BeginAnew where several pages gave fewer records than the source counts, and were not
     *     asked for in pieces
     */
    private void checkWholeness(SortedStage records, StepExecution fetch) {
        long returned = records.returnedCount() + records.quarantinedCount();
        long counted = CountTally.load(fetch.getExecutionContext()).total().orElse(0);
        if (returned < counted
                && fetch.getReadCount() > 1
                && !FetchPosition.inPieces(fetch.getExecutionContext())) {
            throw BeginAnew.inPieces(
                    "the source counts %d records and its pages gave %d"
                            .formatted(counted, returned));
        }
    }

    private SortedStage sorted(StepExecution fetch) throws IOException {
        if (sorted == null) {
            ExecutionContext fetched = fetch.getExecutionContext();
            FetchPosition.checkAsked(fetched, around.meaning().asked(window.range()));
            try {
                sorted =
                        stage.read(
                                StagePageWriter.lengthIn(fetched),
                                around.sortMemory(),
                                this::belongsHere);
            } catch (StageLost lost) {
                throw new BeginAnew(lost.getMessage());
            }
            checkWholeness(sorted, fetch);
        }
        return sorted;
    }

    /** Step names hold 100 characters, places may be longer. */
    private static String stepName(Sink sink) {
        return "publish %s %08x"
                .formatted(sink.id().substring(0, sink.id().indexOf(':')), sink.id().hashCode());
    }
}
