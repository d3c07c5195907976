package io.tidemark.ledger;

import io.tidemark.window.Window;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the ledger knows of one window.
 *
 * @param exported the last attempt that stands in every sink
 * @param attempt one that has begun and has not ended; seen under the lease, it was interrupted or
 *     failed
 */
public record Entry(Window window, Optional<Export> exported, Optional<Attempt> attempt) {

    public Entry {
        if (exported.isEmpty() && attempt.isEmpty()) {
            throw new IllegalArgumentException("an entry that says nothing: " + window);
        }
    }

    /**
     * An attempt that stands in every sink.
     *
     * @param attempt which attempt at the window; 1 for the first
     * @param at when the ledger learnt of it
     * @param records distinct records of the window
     * @param open of these, how many were still waiting or running
     * @param quarantined records that could not be normalised; they are in the ledger
     * @param sourceCount what the source said there would be; empty where it gave no usable total
     * @param sourceIdentity {@link SourceIdentity} of the job at that time
     */
    public record Export(
            int attempt,
            Instant at,
            long records,
            long open,
            long quarantined,
            OptionalLong sourceCount,
            Verdict verdict,
            SourceIdentity sourceIdentity) {}

    /**
     * An attempt that has begun.
     *
     * @param number which attempt at the window, from 1
     * @param failure why it ended early; empty where it was interrupted
     * @param sourceIdentity {@link SourceIdentity} of the job when it began
     */
    public record Attempt(
            int number, Instant since, Optional<String> failure, SourceIdentity sourceIdentity) {}
}
