package io.tidemark.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A view on the bytes of one row, see {@link Schema}: moved from row to row, it makes no object for
 * any of them. What it shows is valid until it or the bytes below it are moved. Not for several
 * threads.
 */
public final class Row {
    static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] NOTHING = {};

    private final Schema schema;
    private final byte[][] ofFeed;
    private byte[] data = NOTHING;
    private int at;

    /**
     * @param ofFeed the values of the fields that are the feed's, in their order
     */
    public Row(Schema schema, List<String> ofFeed) {
        if (ofFeed.size() != schema.feedFieldCount()) {
            throw new IllegalArgumentException("not the feed's values: " + ofFeed);
        }
        this.schema = schema;
        this.ofFeed =
                ofFeed.stream()
                        .map(value -> value.getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new);
    }

    public Schema schema() {
        return schema;
    }

    /** Moves it to the row that begins there. */
    public Row at(byte[] bytes, int offset) {
        this.data = bytes;
        this.at = offset;
        return this;
    }

    /** The array the row's own bytes are in. */
    public byte[] data() {
        return data;
    }

    /** Where in {@link #data()} the row begins. */
    public int offset() {
        return at;
    }

    /** How many bytes it has. */
    public int length() {
        return (int) INT.get(data, at + Schema.LENGTH);
    }

    /** Which words its state is. */
    public int word() {
        return data[at + Schema.STATE];
    }

    /** Whether the record is still going to change. */
    public boolean isOpen() {
        return switch (schema.words().get(word()).outlook()) {
            case OPEN -> true;
            case OPEN_UNTIL_ENDED -> isNull(schema.end());
            case FINAL -> false;
        };
    }

    /**
     * Whether it is the window's that it was returned for. {@link #HERE} is; {@link #ELSEWHERE} is
     * not; what lies between is the source's own: such a row is the window's unless the source says
     * at the end that it belongs to another one.
     */
    public int place() {
        return data[at + Schema.PLACE];
    }

    /** Of the window. */
    public static final int HERE = 0;

    /** Not of the window. */
    public static final int ELSEWHERE = 1;

    /** Places are below it, so that a set of them fits the bits of an int. */
    public static final int PLACES = 8;

    /** The time it is ordered by; {@link Schema#NO_TIME} where it has none. */
    public long time() {
        return (long) LONG.get(data, at);
    }

    public boolean isNull(int field) {
        return ((int) INT.get(data, at + Schema.NULLS) & 1 << field) != 0;
    }

    /** Of a number or a time, in microseconds; 0 or {@link Schema#NO_TIME} where it is null. */
    public long number(int field) {
        return schema.kind(field) == Schema.Kind.TIME
                ? time()
                : (long) LONG.get(data, at + schema.slot(field));
    }

    /** Of a text, the array it is in, UTF-8. */
    public byte[] bytes(int field) {
        return switch (schema.kind(field)) {
            case TEXT -> data;
            case OF_FEED -> ofFeed[schema.slot(field)];
            case WORD -> schema.wordBytes()[word()];
            case TIME, NUMBER -> throw new IllegalArgumentException("no text: " + field);
        };
    }

    /** Of a text, where in {@link #bytes} it begins. */
    public int from(int field) {
        if (schema.kind(field) != Schema.Kind.TEXT) {
            return 0;
        }
        int slot = schema.slot(field);
        return at + (slot == 0 ? schema.textsAt() : end(slot - 1));
    }

    /** Of a text, where in {@link #bytes} it ends; where it begins if it is null. */
    public int to(int field) {
        return schema.kind(field) == Schema.Kind.TEXT
                ? at + end(schema.slot(field))
                : bytes(field).length;
    }

    /** For what is not done for every row: the text as a string; null where it is null. */
    public @Nullable String text(int field) {
        return isNull(field)
                ? null
                : new String(
                        bytes(field), from(field), to(field) - from(field), StandardCharsets.UTF_8);
    }

    /** The id as a string, for what is not done for every row. */
    public String id() {
        int field = schema.id();
        return new String(data, from(field), to(field) - from(field), StandardCharsets.UTF_8);
    }

    /** By the bytes of the id, as unsigned. */
    public int compareIds(Row other) {
        int field = schema.id();
        return Arrays.compareUnsigned(
                data, from(field), to(field), other.data, other.from(field), other.to(field));
    }

    /** How rows of a window stand in every sink: by time, those without one last, then by id. */
    public int compareOrder(Row other) {
        int byTime = Long.compare(time(), other.time());
        return byTime != 0 ? byTime : compareIds(other);
    }

    /**
     * Of two states of one record, the newer one is greater. Decided by what the rows say and never
     * by the order they arrived in, so that the same records give the same result.
     */
    public int compareAge(Row other) {
        int byRank =
                Integer.compare(
                        schema.words().get(word()).rank(), schema.words().get(other.word()).rank());
        if (byRank != 0) {
            return byRank;
        }
        for (int field : schema.age()) {
            int difference = compare(field, other);
            if (difference != 0) {
                return difference;
            }
        }
        return Integer.compare(word(), other.word());
    }

    private int compare(int field, Row other) {
        boolean isNull = isNull(field);
        if (isNull || other.isNull(field)) {
            return Boolean.compare(other.isNull(field), isNull);
        }
        return schema.field(field).type() == Field.Type.TEXT
                ? Arrays.compareUnsigned(
                        bytes(field),
                        from(field),
                        to(field),
                        other.bytes(field),
                        other.from(field),
                        other.to(field))
                : Long.compare(number(field), other.number(field));
    }

    private int end(int slot) {
        return (int) INT.get(data, at + schema.endsAt() + Integer.BYTES * slot);
    }
}
