package io.tidemark.record;

import java.io.IOException;

/** Rows that can be read, from the first one, as often as it takes. */
public interface RowSource {
    /** In the order they have. */
    RowReader open() throws IOException;

    /** The same rows, ordered by {@link Row#compareIds}, where they can be had so. */
    default RowReader byId() throws IOException {
        return open();
    }
}
