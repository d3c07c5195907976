package io.tidemark.record;

import java.io.Closeable;
import java.io.IOException;

/** Rows one after the other, through one view that is moved from row to row. */
public interface RowReader extends Closeable {
    /** Goes to the next row; false behind the last one. */
    boolean next() throws IOException;

    /** The row it is at, valid until {@link #next()} is called again. */
    Row row();
}
