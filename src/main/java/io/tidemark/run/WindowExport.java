package io.tidemark.run;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.ledger.Entry;
import io.tidemark.plan.Action;
import io.tidemark.run.batch.AttemptKey;
import io.tidemark.run.batch.Ended;
import io.tidemark.sink.Receipt;
import io.tidemark.source.Checkpoint;
import io.tidemark.stage.Stage;
import io.tidemark.window.Window;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one window from the source into the sinks, by as many attempts as it takes. */
final class WindowExport {
    private static final Logger LOG = LoggerFactory.getLogger(WindowExport.class);

    private final RunContext context;
    private final Action action;
    private final IntConsumer fetched;
    private Optional<Checkpoint> begin = Optional.empty();
    private boolean begunAnew;

    /**
     * @param fetched is told how many records each page had
     */
    WindowExport(RunContext context, Action action, IntConsumer fetched) {
        this.context = context;
        this.action = action;
        this.fetched = fetched;
    }

    /** How it ended. */
    sealed interface Result {
        record Done(Entry.Export entry, List<Receipt> receipts) implements Result {}

        record Stopped() implements Result {}

        record Failed(WindowFailure failure, Throwable cause) implements Result {}
    }

    /**
     * @param planned the number of the attempt to begin or to go on with; where it can be neither,
     *     the next one that can
     */
    Result run(int planned) throws Exception {
        Window window = action.window();
        int number = free(planned);
        while (true) {
            context.ledger().begin(window, number, context.clock().instant(), context.identity());
            Failpoint.WINDOW_BEGUN.pass();
            Attempt attempt = new Attempt(context, context.claim(window, number), begin, fetched);
            Ended end;
            try {
                end =
                        context.batch()
                                .run(
                                        attempt.key(),
                                        attempt.fetching(),
                                        attempt.steps(),
                                        context.stop());
            } finally {
                attempt.settle();
            }
            switch (end) {
                case Ended.Completed done -> {
                    Failpoint.INSTANCE_ENDED.pass();
                    Result ended = new Result.Done(attempt.exported(), attempt.receipts());
                    deleteOnceWritten(attempt.stage());
                    return ended;
                }
                case Ended.Stopped stopped -> {
                    return new Result.Stopped();
                }
                case Ended.Failed(Throwable cause) -> {
                    if (context.stop().isRequested()) {
                        return new Result.Stopped();
                    }
                    WindowFailure failure = WindowFailure.of(cause, context.stages().directory());
                    switch (failure) {
                        case WindowFailure.Anew anew -> {
                            if (!mayBegin(anew)) {
                                return new Result.Failed(failure, cause);
                            }
                            LOG.info("{} begins anew: {}", window, anew.reason());
                            drop(attempt);
                            number = free(number + 1);
                        }
                        case WindowFailure.Refused refused -> {
                            drop(attempt);
                            context.ledger().withdraw(window);
                            return new Result.Failed(failure, cause);
                        }
                        case WindowFailure.GivenUp givenUp -> {
                            return new Result.Failed(failure, cause);
                        }
                        case WindowFailure.LeaseTaken taken -> {
                            return new Result.Failed(failure, cause);
                        }
                    }
                }
            }
        }
    }

    /** Before, it may still be needed: what is not written is done again. */
    private void deleteOnceWritten(Stage stage) {
        context.group()
                .afterwards(unwritten -> {
                    try {
                        if (unwritten.isEmpty()) {
                            stage.delete();
                        }
                    } catch (IOException leftBehind) {
                        LOG.warn("a stage is left behind, the next apply deletes it", leftBehind);
                    }
                });
    }

    /** Once from the beginning, and once in the source's more careful way. */
    private boolean mayBegin(WindowFailure.Anew anew) {
        if (anew.from().isPresent() && begin.isEmpty()) {
            begin = anew.from();
            return true;
        }
        boolean first = !begunAnew;
        begunAnew = true;
        return first;
    }

    private void drop(Attempt attempt) throws Exception {
        context.batch().abandon(attempt.key());
        attempt.stage().delete();
    }

    private int free(int planned) {
        return context.batch()
                .free(new AttemptKey(context.job().name(), action.window(), planned))
                .number();
    }
}
