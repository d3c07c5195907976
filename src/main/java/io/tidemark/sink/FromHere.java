package io.tidemark.sink;

import io.tidemark.record.Row;
import io.tidemark.record.RowReader;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows whose first one was gone to already; remembers what reading them failed with. */
public final class FromHere implements RowReader {
    private final RowReader rows;
    private boolean begun;
    private @Nullable IOException failure;

    /**
     * @param rows at their first one
     */
    public FromHere(RowReader rows) {
        this.rows = rows;
    }

    @Override
    public boolean next() throws IOException {
        if (!begun) {
            begun = true;
            return true;
        }
        try {
            return rows.next();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /** Tells what the rows failed with from what the sink did. */
    public Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public Row row() {
        return rows.row();
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
