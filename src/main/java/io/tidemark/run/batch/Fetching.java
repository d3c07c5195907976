package io.tidemark.run.batch;

import io.tidemark.source.Checkpoint;
import io.tidemark.source.Ending;
import io.tidemark.source.Source;
import io.tidemark.stage.Stage;
import io.tidemark.window.Window;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * What the fetch of a window needs.
 *
 * @param begin where to begin where nothing was fetched yet; empty for the beginning
 * @param permit throws where another process may be filling the same stage by now
 * @param fetched is told how many records each page had
 */
public record Fetching(
        Source source,
        Window window,
        Stage stage,
        Optional<Checkpoint> begin,
        Runnable permit,
        Closing closing,
        IntConsumer fetched) {

    /** Asks what has to be asked before the source is left alone. */
    public interface Closing {
        /**
         * The ids of records that were exported with the window, are not among what is staged, and
         * are another window's by now.
         *
         * @param stagedLength what of the stage is committed
         */
        Set<String> moved(Ending ending, long stagedLength) throws Exception;
    }
}
