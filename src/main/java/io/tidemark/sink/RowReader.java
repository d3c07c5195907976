package io.tidemark.sink;

import io.tidemark.invocation.Column;
import io.tidemark.invocation.FunctionUrn;
import io.tidemark.invocation.Invocation;
import io.tidemark.invocation.InvocationStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Puts records together again from the columns of a format. */
abstract class RowReader implements InvocationReader {
    private @Nullable Invocation next;
    private @Nullable FunctionUrn function;

    /** One row of a file. */
    interface Row {
        /**
         * As the Java type of {@link Column#type()}; null where there is nothing.
         *
         * @throws IllegalArgumentException the file has something else there
         * @throws java.time.DateTimeException the file has no time there
         */
        @Nullable Object value(Column column);
    }

    /**
     * The next row, valid until it is asked for another; null behind the last.
     *
     * @throws RuntimeException as libraries do when a file is not what they expect
     */
    abstract @Nullable Row nextRow() throws IOException;

    @Override
    public final boolean hasNext() {
        if (next == null) {
            try {
                Row row = nextRow();
                next = row == null ? null : invocation(row);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (RuntimeException e) {
                throw new UncheckedIOException(new IOException("a record in it cannot be read", e));
            }
        }
        return next != null;
    }

    @Override
    public final Invocation next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Invocation given = next;
        next = null;
        return given;
    }

    private Invocation invocation(Row row) {
        return new Invocation(
                function(text(row, Column.FUNCTION_URN)),
                text(row, Column.REQUEST_ID),
                InvocationStatus.valueOf(text(row, Column.STATUS)),
                text(row, Column.RAW_STATUS),
                (Long) row.value(Column.ERROR_CODE),
                (String) row.value(Column.ERROR_MESSAGE),
                (Instant) row.value(Column.START_TIME),
                (Instant) row.value(Column.END_TIME));
    }

    /** Of a column that has no null: where a file has none, its text is empty. */
    private static String text(Row row, Column column) {
        Object text = row.value(column);
        return text == null ? "" : (String) text;
    }

    /** Parsed once: all rows of a file have the same. */
    private FunctionUrn function(String text) {
        FunctionUrn known = function;
        if (known == null || !known.toString().equals(text)) {
            known = FunctionUrn.of(text);
            function = known;
        }
        return known;
    }
}
