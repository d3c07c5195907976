package io.tidemark.run;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Ledger;
import io.tidemark.record.RowReader;
import io.tidemark.record.RowSource;
import io.tidemark.run.batch.AttemptKey;
import io.tidemark.run.batch.CheapStep;
import io.tidemark.run.batch.FetchResult;
import io.tidemark.run.batch.Fetching;
import io.tidemark.run.batch.SourceFailed;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.source.Answer;
import io.tidemark.source.Checkpoint;
import io.tidemark.source.Ending;
import io.tidemark.stage.Missing;
import io.tidemark.stage.Numbers;
import io.tidemark.stage.Ordered;
import io.tidemark.stage.Stage;
import io.tidemark.window.Window;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one window: what each of its steps does. Fetch into the stage, sort that, publish
 * it to each sink, and tell the ledger.
 */
final class Attempt {
    private final RunContext context;
    private final Claim claim;
    private final Optional<Checkpoint> begin;
    private final IntConsumer fetched;
    private final Stage stage;
    private @Nullable Losses losses;
    private @Nullable Ordered ordered;
    private final SortedMap<String, Receipt> received = new TreeMap<>();
    private final Map<String, Future<Receipt>> publishing = new HashMap<>();
    private Entry.@Nullable Export exported;

    /**
     * @param begin where to begin where nothing was fetched yet; empty for the beginning
     * @param fetched is told how many records each page had
     */
    Attempt(RunContext context, Claim claim, Optional<Checkpoint> begin, IntConsumer fetched) {
        this.context = context;
        this.claim = claim;
        this.begin = begin;
        this.fetched = fetched;
        this.stage = context.stages().of(claim.window(), claim.attempt());
    }

    AttemptKey key() {
        return new AttemptKey(context.job().name(), window(), claim.attempt());
    }

    Stage stage() {
        return stage;
    }

    Fetching fetching() {
        return new Fetching(
                context.source(), window(), stage, begin, this::checkClaim, this::moved, fetched);
    }

    /** What follows the fetch. */
    List<CheapStep> steps() {
        List<CheapStep> steps = new ArrayList<>();
        steps.add(
                new CheapStep(
                        "sort", true, Failpoint.SORT_SAVED, Failpoint.SORT_COMMITTED, this::sort));
        for (Sink sink : context.sinks()) {
            steps.add(
                    new CheapStep(
                            stepName(sink),
                            false,
                            Failpoint.RECEIPT_SAVED,
                            Failpoint.RECEIPT_COMMITTED,
                            fetch -> publish(sink)));
        }
        steps.add(
                new CheapStep(
                        "ledger",
                        false,
                        Failpoint.ENTRY_SAVED,
                        Failpoint.ENTRY_COMMITTED,
                        this::tellLedger));
        return steps;
    }

    private Window window() {
        return claim.window();
    }

    private void checkClaim() {
        context.claims().check(claim);
    }

    /** Too many to be asked for one by one have not all moved. */
    private Set<String> moved(Ending ending, long stagedLength) throws IOException, SinkException {
        Set<String> ids = new TreeSet<>();
        for (RowSource standing : losses().standing()) {
            Missing missing =
                    stage.missing(stagedLength, context.sortMemory(), ending.elsewhere(), standing);
            if (missing.count() > missing.ids().size()) {
                return Set.of();
            }
            ids.addAll(missing.ids());
        }
        if (ids.isEmpty()) {
            return ids;
        }
        return switch (context.source().elsewhere(window(), ids)) {
            case Answer.Ok<Set<String>>(Set<String> elsewhere) -> elsewhere;
            case Answer.Failed<Set<String>>(var failure) -> throw new SourceFailed(failure);
        };
    }

    private void sort(FetchResult fetch) throws Exception {
        losses = null; // what stands may have changed since the fetch
        Ordered sorted =
                stage.sort(fetch.stagedLength(), context.sortMemory(), losses().standing());
        Ending ending = fetch.ending();
        long returned = sorted.numbers().returned() + sorted.numbers().rejected();
        long counted = ending.count().orElse(0);
        if (returned < counted && ending.moreCarefully().isPresent()) {
            throw new ReadAgain(counted, returned, ending.moreCarefully().get());
        }
        losses().refuse(sorted, sorted.moved());
        ordered = sorted;
        if (context.sinks().size() > 1) {
            publishSideBySide();
        }
    }

    /** What waits for one sink, such as a database, need not wait for the others. */
    private void publishSideBySide() throws SinkException {
        List<Receipt> done = receipts();
        Losses judged = losses();
        for (Sink sink : context.sinks()) {
            if (Receipt.of(sink, done).isEmpty()) {
                Optional<String> replaceable = judged.replaceable(sink);
                publishing.put(
                        sink.id(), context.publishers().submit(() -> publish(sink, replaceable)));
            }
        }
    }

    private Receipt publish(Sink sink, Optional<String> replaceable)
            throws IOException, SinkException {
        checkClaim();
        return sink.publish(window(), claim.attempt(), ordered().rows(), replaceable);
    }

    /** Waits for sinks that are still at work, whatever comes of it. */
    void settle() {
        for (Future<Receipt> underWay : publishing.values()) {
            try {
                underWay.get();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException notNeeded) {
                // the attempt has ended for another reason
            }
        }
        publishing.clear();
    }

    private void publish(Sink sink) throws Exception {
        Future<Receipt> underWay = publishing.remove(sink.id());
        Receipt receipt =
                underWay == null ? publish(sink, losses().replaceable(sink)) : result(underWay);
        Failpoint.PUBLISHED.pass();
        context.ledger().received(window(), claim.attempt(), receipt);
        received.put(receipt.sink(), receipt);
    }

    private static Receipt result(Future<Receipt> ended) throws Exception {
        try {
            return ended.get();
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case Exception failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw failed;
            }
        }
    }

    /** What the sinks have said, in this process or in those before. */
    List<Receipt> receipts() {
        if (received.size() < context.sinks().size()) {
            for (Receipt before : context.ledger().receipts(window(), claim.attempt())) {
                received.putIfAbsent(before.sink(), before);
            }
        }
        return List.copyOf(received.values());
    }

    /** What the ledger knows of it once it has ended. */
    Entry.Export exported() {
        return exported != null
                ? exported
                : context.ledger().entry(window()).flatMap(Entry::exported).orElseThrow();
    }

    private void tellLedger(FetchResult fetch) throws IOException {
        Ledger ledger = context.ledger();
        Numbers numbers = ordered().numbers();
        ledger.quarantine(window(), claim.attempt(), ordered().rejected());
        if (numbers.open() > 0) {
            try (RowReader rows = ordered().rows().open()) {
                ledger.open(window(), claim.attempt(), new OpenRecords(rows));
            }
        }
        exported =
                new Entry.Export(
                        claim.attempt(),
                        context.clock().instant(),
                        numbers.rows(),
                        numbers.open(),
                        numbers.rejected(),
                        fetch.ending().count(),
                        Proof.verdict(
                                fetch.ending(),
                                numbers,
                                context.job().maxQuarantined(),
                                receipts()),
                        context.identity());
        ledger.exported(window(), exported);
    }

    private Ordered ordered() {
        if (ordered == null) {
            throw new IllegalStateException(
                    "publishing %s before it is sorted".formatted(window()));
        }
        return ordered;
    }

    private Losses losses() throws SinkException {
        Losses known = losses;
        if (known == null) {
            Optional<Entry.Export> before =
                    context.ledger().entry(window()).flatMap(Entry::exported);
            known =
                    new Losses(
                            window(),
                            context.source().schema(),
                            before,
                            before.map(last ->
                                            context.ledger()
                                                    .open(window(), last.attempt())
                                                    .keySet())
                                    .orElse(Set.of()),
                            context.sinks());
            losses = known;
        }
        return known;
    }

    /** Places may be longer than the names of steps. */
    private static String stepName(Sink sink) {
        return "publish %s %08x"
                .formatted(sink.id().substring(0, sink.id().indexOf(':')), sink.id().hashCode());
    }
}
