package io.tidemark.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Rows one behind the other in memory, and how they are made: begin, set what is not null, end. A
 * row that was begun and not ended never was. The array grows and is used again after {@link
 * #clear()}. Not for several threads.
 */
public final class Rows {
    private final Schema schema;
    private byte[] data = new byte[1 << 12];
    private int size;
    private int count;
    // of the row that is being made
    private int end;
    private int nulls;
    private int texts;

    public Rows(Schema schema) {
        this.schema = schema;
    }

    public Schema schema() {
        return schema;
    }

    /** The array the rows are in; another one after it has grown. */
    public byte[] data() {
        return data;
    }

    /** How many bytes the rows take. */
    public int size() {
        return size;
    }

    /** How many rows there are. */
    public int count() {
        return count;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public void clear() {
        size = 0;
        count = 0;
    }

    /** Begins a row in which all but the feed's fields is null, and {@link Row#HERE}. */
    public Rows begin() {
        int fixed = schema.textsAt();
        room(size, fixed);
        Arrays.fill(data, size, size + fixed, (byte) 0);
        end = size + fixed;
        texts = 0;
        nulls = 0;
        for (int i = 0; i < schema.size(); i++) {
            if (schema.kind(i) != Schema.Kind.OF_FEED) {
                nulls |= 1 << i;
            }
        }
        Row.LONG.set(data, size, Schema.NO_TIME);
        return this;
    }

    /** Which of the words the state is. */
    public Rows state(int word) {
        data[size + Schema.STATE] = (byte) word;
        nulls &= ~(1 << schema.state());
        return this;
    }

    /** {@link Row#place()}. */
    public Rows place(int place) {
        data[size + Schema.PLACE] = (byte) place;
        return this;
    }

    /** A number, or a time in microseconds. */
    public Rows number(int field, long value) {
        Row.LONG.set(
                data,
                schema.kind(field) == Schema.Kind.TIME ? size : size + schema.slot(field),
                value);
        nulls &= ~(1 << field);
        return this;
    }

    /**
     * A text; texts are given in the schema's order.
     *
     * @param utf8 well-formed, which is not looked at here
     */
    public Rows text(int field, byte[] utf8, int offset, int length) {
        room(end, length);
        int slot = schema.slot(field);
        if (slot < texts) {
            throw new IllegalArgumentException("texts are given in the schema's order");
        }
        endTexts(slot);
        System.arraycopy(utf8, offset, data, end, length);
        end += length;
        endTexts(slot + 1);
        nulls &= ~(1 << field);
        return this;
    }

    public Rows text(int field, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return text(field, utf8, 0, utf8.length);
    }

    /**
     * Ends the row.
     *
     * @throws IllegalStateException where a field is null that may not be
     */
    public void end() {
        for (int i = 0; i < schema.size(); i++) {
            if ((nulls & 1 << i) != 0 && !schema.field(i).nullable()) {
                throw new IllegalStateException("a row without " + schema.field(i).name());
            }
        }
        seal();
    }

    /** Adds a row of which only the id is known, to be compared by it. */
    public void addId(String id) {
        begin().text(schema.id(), id);
        seal();
    }

    /** As {@link #addId(String)}, with the id of another row. */
    public void addId(Row of) {
        int id = schema.id();
        begin().text(id, of.bytes(id), of.from(id), of.to(id) - of.from(id));
        seal();
    }

    /** Adds a row that was made elsewhere. */
    public void add(byte[] from, int offset, int length) {
        room(size, length);
        System.arraycopy(from, offset, data, size, length);
        size += length;
        count++;
    }

    /** Reads them from the first one; they must not change meanwhile. */
    public RowReader reader(List<String> ofFeed) {
        Row row = new Row(schema, ofFeed);
        return new RowReader() {
            private int next;

            @Override
            public boolean next() {
                if (next >= size) {
                    return false;
                }
                row.at(data, next);
                next += row.length();
                return true;
            }

            @Override
            public Row row() {
                return row;
            }

            @Override
            public void close() {
                // only memory
            }
        };
    }

    private void seal() {
        endTexts(schema.textCount());
        Row.INT.set(data, size + Schema.LENGTH, end - size);
        Row.INT.set(data, size + Schema.NULLS, nulls);
        size = end;
        count++;
    }

    private void endTexts(int upTo) {
        while (texts < upTo) {
            Row.INT.set(data, size + schema.endsAt() + Integer.BYTES * texts, end - size);
            texts++;
        }
    }

    private void room(int from, int more) {
        if (data.length - from < more) {
            data =
                    Arrays.copyOf(
                            data,
                            Math.max(
                                    Math.addExact(from, more),
                                    (int) Math.min(2L * data.length, Integer.MAX_VALUE - 8)));
        }
    }
}
