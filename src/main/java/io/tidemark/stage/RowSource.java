package io.tidemark.stage;

import io.tidemark.record.RowReader;
import java.io.IOException;

/** Rows that can be read, from the first one. */
public interface RowSource {
    RowReader open() throws IOException;
}
