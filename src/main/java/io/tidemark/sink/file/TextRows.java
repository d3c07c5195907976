package io.tidemark.sink.file;

import io.tidemark.record.Field;
import io.tidemark.record.Row;
import io.tidemark.record.RowReader;
import io.tidemark.record.Rows;
import io.tidemark.record.Schema;
import io.tidemark.record.Times;
import io.tidemark.window.Feed;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Makes rows again of the columns of a file, one at a time. */
abstract class TextRows implements RowReader {
    private final Schema schema;
    private final Rows one;
    private final Row row;
    private long count;

    TextRows(Schema schema, Feed feed) {
        this.schema = schema;
        this.one = new Rows(schema);
        this.row = new Row(schema, feed.values());
    }

    /** Goes to the next record of the file; false behind the last. */
    abstract boolean advance() throws IOException;

    /**
     * Of the record it is at, what stands in a column: a text, or a {@code Long} for numbers and,
     * in microseconds, for times; times may also be texts as {@link Times#put} writes them. Null
     * where there is nothing.
     */
    abstract @Nullable Object value(int field) throws IOException;

    @Override
    public final boolean next() throws IOException {
        if (!advance()) {
            return false;
        }
        count++;
        try {
            one.clear();
            one.begin();
            for (int i = 0; i < schema.size(); i++) {
                if (!schema.field(i).ofFeed()) {
                    put(i, value(i));
                }
            }
            one.end();
        } catch (RuntimeException e) {
            throw new IOException("its record %d cannot be read".formatted(count), e);
        }
        row.at(one.data(), 0);
        return true;
    }

    @Override
    public final Row row() {
        return row;
    }

    private void put(int field, @Nullable Object value) throws IOException {
        Field type = schema.field(field);
        if (field == schema.state()) {
            int word = schema.word(String.valueOf(value));
            if (word < 0) {
                throw new IOException(
                        "its record %d has a %s that there is not".formatted(count, type.name()));
            }
            one.state(word);
        } else if (value == null) {
            if (!type.nullable()) {
                one.text(field, ""); // CSV has no other way to write it
            }
        } else if (value instanceof Long number) {
            one.number(field, number);
        } else {
            String text = (String) value;
            switch (type.type()) {
                case TEXT -> one.text(field, text);
                case BIGINT -> one.number(field, Long.parseLong(text));
                case TIMESTAMP -> one.number(field, Times.parse(text));
            }
        }
    }
}
