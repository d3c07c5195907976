package io.tidemark.stage;

import io.tidemark.invocation.Invocation;
import io.tidemark.invocation.Quarantined;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What a stage holds, on its way out: sorted once, and read as often as there are sinks. The same
 * for every order in which the records arrived.
 */
public final class SortedStage implements Closeable {
    private final Path scratch;
    private final Sorted<Invocation> records;
    private final Sorted<Quarantined> quarantined;
    private final long returnedCount;
    private final long recordCount;
    private final long openCount;
    private final long quarantinedCount;

    SortedStage(
            Path scratch,
            Sorted<Invocation> records,
            Sorted<Quarantined> quarantined,
            long returnedCount,
            long recordCount,
            long openCount)
            throws IOException {
        this.scratch = scratch;
        this.records = records;
        this.quarantined = quarantined;
        this.returnedCount = returnedCount;
        this.recordCount = recordCount;
        this.openCount = openCount;
        this.quarantinedCount = quarantined.count();
    }

    /** Distinct request ids of all that was staged, whether it belongs to the window or not. */
    public long returnedCount() {
        return returnedCount;
    }

    /** Distinct request ids of the window: how many {@link #records()} there are. */
    public long recordCount() {
        return recordCount;
    }

    /** How many of the records wait or run. */
    public long openCount() {
        return openCount;
    }

    /** How many are in {@link #quarantined()}. */
    public long quarantinedCount() {
        return quarantinedCount;
    }

    /**
     * From the first one, in {@link Invocation#SINK_ORDER}, each request id once with its newest
     * state. Throws {@link java.io.UncheckedIOException}; is of no use once this is closed.
     */
    public Iterator<Invocation> records() throws IOException {
        return new CursorIterator<>(records.open());
    }

    /** From the first one, ordered by content, each once; otherwise as {@link #records()}. */
    public Iterator<Quarantined> quarantined() throws IOException {
        return new CursorIterator<>(quarantined.open());
    }

    /** Deletes what sorting left beside the stage. The stage itself stays. */
    @Override
    public void close() throws IOException {
        records.close();
        quarantined.close();
        Stage.deleteTree(scratch);
    }

    private static final class CursorIterator<T> implements Iterator<T> {
        private final Cursor<T> cursor;
        private @Nullable T next;

        CursorIterator(Cursor<T> cursor) throws IOException {
            this.cursor = cursor;
            this.next = cursor.next();
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public T next() {
            T current = next;
            if (current == null) {
                throw new NoSuchElementException();
            }
            try {
                next = cursor.next();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return current;
        }
    }
}
