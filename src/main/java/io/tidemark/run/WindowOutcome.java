package io.tidemark.run;

import io.tidemark.ledger.Entry;
import io.tidemark.plan.Action;
import io.tidemark.sink.Receipt;
import java.util.List;

/** How applying one action ended. */
public sealed interface WindowOutcome {
    Action action();

    /**
     * The window stands in every sink, and the ledger says so; see its verdict for how sure that
     * is.
     */
    record Done(Action action, Entry.Export entry, List<Receipt> receipts)
            implements WindowOutcome {}

    /** Its open records were asked for by their ids, and none has changed: it was left alone. */
    record Unchanged(Action action) implements WindowOutcome {}

    /** It was copied from one sink to others. */
    record Republished(Action action, List<Receipt> receipts) implements WindowOutcome {
        public Republished {
            receipts = List.copyOf(receipts);
        }
    }

    /** The window could not be read or published; the next apply takes it up. */
    record Failed(Action action, String reason) implements WindowOutcome {}

    /**
     * Not begun, or stopped cleanly on the way, because the run was ended; the next apply takes it
     * up.
     */
    record Stopped(Action action) implements WindowOutcome {}
}
