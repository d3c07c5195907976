package io.tidemark.stage;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What came out of a sort, to be read any number of times until it is closed. */
final class Sorted<T> implements Closeable {
    private final List<Run<T>> runs;
    private final SortOrder<T> order;
    private final List<Cursor<T>> opened = new ArrayList<>();

    Sorted(List<Run<T>> runs, SortOrder<T> order) {
        this.runs = runs;
        this.order = order;
    }

    /** From the first element; closed with this. */
    Cursor<T> open() throws IOException {
        Cursor<T> cursor = new Merge<>(runs, order);
        opened.add(cursor);
        return cursor;
    }

    /** Goes through all of it once. */
    long count() throws IOException {
        long count = 0;
        try (Cursor<T> cursor = open()) {
            while (cursor.next() != null) {
                count++;
            }
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        for (Cursor<T> cursor : opened) {
            cursor.close();
        }
        for (Run<T> run : runs) {
            run.delete();
        }
    }
}
