package io.tidemark.source;

import java.io.IOException;

/** What was staged of a window, for a source that has to say which of it belongs elsewhere. */
public interface Staged {

    /** Whether the source returned nothing at all, not even what was rejected. */
    boolean isEmpty() throws IOException;

    /**
     * Tells of every row whose place is neither {@link io.tidemark.record.Row#HERE} nor {@link
     * io.tidemark.record.Row#ELSEWHERE}; of some several times, in the order they arrived in.
     */
    void doubtful(Visitor visitor) throws IOException;

    /** Is told of one row. */
    interface Visitor {
        void row(int place, String id);
    }
}
