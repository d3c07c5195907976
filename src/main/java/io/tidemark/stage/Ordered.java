package io.tidemark.stage;

import io.tidemark.record.Rejected;
import io.tidemark.record.Row;
import io.tidemark.record.RowReader;
import io.tidemark.record.RowSource;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * What a stage holds of its window, sorted once and read as often as there are sinks, also by
 * several threads at once. The same for every order in which records arrived. Of no use once the
 * stage is sorted again or deleted.
 */
public final class Ordered implements Closeable {
    private final Numbers numbers;
    private final List<Missing> missing;
    private final int moved;
    private final RowSource rows;
    private final RowSource rejected;
    private final Path scratch;

    Ordered(
            Numbers numbers,
            List<Missing> missing,
            int moved,
            RowSource rows,
            RowSource rejected,
            Path scratch) {
        this.numbers = numbers;
        this.missing = List.copyOf(missing);
        this.moved = moved;
        this.rows = rows;
        this.rejected = rejected;
        this.scratch = scratch;
    }

    public Numbers numbers() {
        return numbers;
    }

    /**
     * For each set of rows that was compared, those of its records that are neither the window's
     * nor known to be another one's by now.
     */
    public List<Missing> missing() {
        return missing;
    }

    /** How many records that were exported are known to be another window's by now. */
    public int moved() {
        return moved;
    }

    /** The window's rows, each id once with its newest state, in the order of sinks. */
    public RowSource rows() {
        return rows;
    }

    /** In an order that depends on their content alone, each once. */
    public Iterator<Rejected> rejected() throws IOException {
        RowReader all = rejected.open();
        return new Iterator<>() {
            private boolean hasNext = advance(all);

            @Override
            public boolean hasNext() {
                return hasNext;
            }

            @Override
            public Rejected next() {
                if (!hasNext) {
                    throw new NoSuchElementException();
                }
                Row row = all.row();
                Rejected current =
                        new Rejected(row.id(), String.valueOf(row.text(Stage.REJECTED_REASON)));
                hasNext = advance(all);
                return current;
            }
        };
    }

    /** Deletes what sorting left beside the stage. The stage itself stays. */
    @Override
    public void close() throws IOException {
        Stage.deleteTree(scratch);
    }

    private static boolean advance(RowReader rows) {
        try {
            boolean is = rows.next();
            if (!is) {
                rows.close();
            }
            return is;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
