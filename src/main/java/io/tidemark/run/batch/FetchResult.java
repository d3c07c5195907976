package io.tidemark.run.batch;

import io.tidemark.source.Checkpoint;
import io.tidemark.source.Ending;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.springframework.batch.infrastructure.item.ExecutionContext;

/**
 * What the fetch of a window has come to: the position's one copy, saved in the step's execution
 * context after the chunk it stands for was synced.
 *
 * @param stagedLength what of the stage is committed
 * @param ending what the source said at the end, but for what of it is staged
 */
public record FetchResult(long stagedLength, Ending ending) {
    private static final String CHECKPOINT = "checkpoint";
    private static final String STAGED = "stage.length";
    private static final String FINISHED = "finished";
    private static final String COUNT = "count";
    private static final String DOUBT = "doubt";
    private static final String SUSPICIOUS = "suspicious";
    private static final String SUSPICION = "suspicion";
    private static final String MORE_CAREFULLY = "more-carefully";

    /** Where the fetch goes on; an empty text where no page was read yet. */
    static void saveCheckpoint(ExecutionContext context, Optional<Checkpoint> at) {
        context.putString(CHECKPOINT, at.map(Checkpoint::text).orElse(""));
    }

    static void saveStaged(ExecutionContext context, long length) {
        context.putLong(STAGED, length);
    }

    static void saveEnding(ExecutionContext context, Ending ending) {
        context.putLong(COUNT, ending.count().orElse(-1));
        context.putString(DOUBT, ending.doubt().orElse(""));
        context.putInt(SUSPICIOUS, ending.suspicious());
        context.putString(SUSPICION, ending.suspicion());
        context.putString(MORE_CAREFULLY, ending.moreCarefully().map(Checkpoint::text).orElse(""));
        context.put(FINISHED, true);
    }

    /** Whether anything was saved: then all of it is there, or reading it fails. */
    static boolean isBegun(ExecutionContext context) {
        return context.containsKey(CHECKPOINT);
    }

    static boolean isFinished(ExecutionContext context) {
        return Boolean.TRUE.equals(context.get(FINISHED));
    }

    static Optional<Checkpoint> checkpoint(ExecutionContext context) {
        return some(context.getString(CHECKPOINT)).map(Checkpoint::new);
    }

    /** Fails where none was saved: a missing length is never taken for an empty stage. */
    static long staged(ExecutionContext context) {
        return context.getLong(STAGED);
    }

    static FetchResult load(ExecutionContext context) {
        if (!isFinished(context)) {
            throw new IllegalStateException("not all of it was fetched");
        }
        long count = context.getLong(COUNT);
        return new FetchResult(
                staged(context),
                new Ending(
                        count < 0 ? OptionalLong.empty() : OptionalLong.of(count),
                        some(context.getString(DOUBT)),
                        Map.of(),
                        context.getInt(SUSPICIOUS),
                        context.getString(SUSPICION),
                        some(context.getString(MORE_CAREFULLY)).map(Checkpoint::new)));
    }

    private static Optional<String> some(String text) {
        return Optional.of(text).filter(given -> !given.isEmpty());
    }
}
