package io.tidemark.source;

import io.tidemark.record.Rejected;
import io.tidemark.record.Rows;
import java.util.List;

/** One answer of a source about a window, as it came: its records are not normalised yet. */
public interface Page {

    /** How many records are in it; not all of them need be new. */
    int records();

    /** How much memory it takes, roughly. */
    long bytes();

    /** Where to go on behind it. */
    Checkpoint checkpoint();

    /**
     * Normalises its records: each becomes a row, with its {@linkplain
     * io.tidemark.record.Row#place() place}, or is rejected. None is dropped.
     */
    void normalise(Rows rows, List<Rejected> rejected);
}
