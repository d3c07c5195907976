package io.tidemark.run;

import io.tidemark.ledger.LeaseLost;
import io.tidemark.run.batch.SourceFailed;
import io.tidemark.sink.SinkException;
import io.tidemark.source.Checkpoint;
import io.tidemark.source.Failure;
import io.tidemark.stage.StageLost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.core.NestedRuntimeException;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Why an attempt at a window came to nothing: by what is to be done about it. */
sealed interface WindowFailure {

    /** For a person, one line: what happened, where, and what to do. */
    String reason();

    /**
     * What was fetched is of no use: another attempt may succeed.
     *
     * @param from where that one begins; empty for the beginning
     */
    record Anew(String reason, Optional<Checkpoint> from) implements WindowFailure {}

    /** The window stays as it is exported, and what was fetched is dropped. */
    record Refused(String reason) implements WindowFailure {}

    /**
     * What was fetched is kept, and the next apply goes on from there.
     *
     * @param reach what is given up with it, at least the window
     */
    record GivenUp(Failure.Reach reach, String reason) implements WindowFailure {}

    /** Another process has the lease by now. */
    record LeaseTaken(String reason) implements WindowFailure {}

    /**
     * @param thrown whatever came out of the attempt, wrapped as often as may be
     * @param stages where stages are kept
     */
    static WindowFailure of(Throwable thrown, Path stages) {
        return switch (cause(thrown)) {
            case LeaseLost lost -> new LeaseTaken(message(lost));
            case SourceFailed failed ->
                    switch (failed.failure().reach()) {
                        case ATTEMPT -> new Anew(failed.failure().message(), Optional.empty());
                        case WINDOW, FEED, RUN ->
                                new GivenUp(failed.failure().reach(), failed.failure().message());
                    };
            case ReadAgain again -> new Anew(message(again), Optional.of(again.from()));
            case StageLost lost -> new Anew(message(lost), Optional.empty());
            case FewerRecords fewer -> new Refused(message(fewer));
            case SinkException failed -> ofWindow(message(failed));
            case IOException failed ->
                    ofWindow(
                            "the stage cannot be used: %s; it is under %s"
                                    .formatted(failed, stages));
            case OutOfMemoryError full ->
                    ofWindow(
                            "the heap is full (%s); give it more, such as TIDEMARK_JAVA_OPTS=-Xmx1g, or lower source.page-size and source.connections"
                                    .formatted(full.getMessage()));
            case DataAccessException failed -> ofState(failed);
            case TransactionException failed -> ofState(failed);
            default -> ofWindow("unexpected: %s; the log has the details".formatted(thrown));
        };
    }

    private static GivenUp ofWindow(String reason) {
        return new GivenUp(Failure.Reach.WINDOW, reason);
    }

    private static GivenUp ofState(NestedRuntimeException failed) {
        return new GivenUp(
                Failure.Reach.RUN,
                "the state cannot be used any more (%s); see that its database runs and has room, then apply again: it goes on from what was committed"
                        .formatted(
                                String.valueOf(failed.getMostSpecificCause().getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse("")));
    }

    /** The exception of ours that made it fail; the outermost one where none is. */
    private static Throwable cause(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof LeaseLost
                    || cause instanceof SourceFailed
                    || cause instanceof ReadAgain
                    || cause instanceof FewerRecords
                    || cause instanceof SinkException
                    || cause instanceof DataAccessException
                    || cause instanceof TransactionException
                    || cause instanceof IOException) {
                return cause;
            }
        }
        return thrown;
    }

    private static String message(Throwable told) {
        return String.valueOf(told.getMessage());
    }
}
