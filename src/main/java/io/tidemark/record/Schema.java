package io.tidemark.record;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What the records of a source look like: their fields, in the order every sink has them, and what
 * those fields mean to an exporter.
 *
 * <p>A row's bytes, see {@link Row}, begin with a head and go on with what the schema says:
 *
 * <pre>
 *  0  long   the time to order by, in microseconds; {@link #NO_TIME} where there is none
 *  8  int    length of the row in bytes
 * 12  int    a bit for each field that is null, the first field in the lowest
 * 16  byte   place, see {@link Row#place()}
 * 17  byte   state: which of the words
 * 18  long   for each number and time but the one to order by, in their order
 *  ?  int    for each text, where it ends, counted from the row's beginning
 *  ?  ...    the texts, UTF-8, in their order
 * </pre>
 */
public final class Schema {
    /** Where a record has no time to order by, so that it comes last. */
    public static final long NO_TIME = Long.MAX_VALUE;

    static final int LENGTH = 8;
    static final int NULLS = 12;
    static final int PLACE = 16;
    static final int STATE = 17;
    static final int NUMBERS = 18;

    /** How a field is found in a row. */
    enum Kind {
        OF_FEED,
        WORD,
        TIME,
        NUMBER,
        TEXT
    }

    private final String feedWord;
    private final List<Field> fields;
    private final int id;
    private final int state;
    private final int time;
    private final int end;
    private final int[] age;
    private final Kind[] kinds;
    private final int[] slots;
    private final int endsAt;
    private final int textCount;
    private final byte[][] words;

    /**
     * @param feedWord what users call a feed, such as {@code function}: directories are named by it
     * @param fields at most 32
     * @param id name of the field that, with the feed, is the key of a record: a text
     * @param state name of the field with the words
     * @param time name of the time that rows are ordered by
     * @param end name of the time that a record has once it has ended
     * @param age names of the fields that decide, one after the other, which of two states of a
     *     record is the newer where the rank of the words does not: the greater one, and null
     *     before all else
     */
    public Schema(
            String feedWord,
            List<Field> fields,
            String id,
            String state,
            String time,
            String end,
            List<String> age) {
        if (fields.size() > Integer.SIZE) {
            throw new IllegalArgumentException("more fields than a row has bits for");
        }
        this.feedWord = feedWord;
        this.fields = List.copyOf(fields);
        this.id = index(id);
        this.state = index(state);
        this.time = index(time);
        this.end = index(end);
        this.age = age.stream().mapToInt(this::index).toArray();
        this.kinds = new Kind[fields.size()];
        this.slots = new int[fields.size()];
        int feeds = 0;
        int numbers = 0;
        int texts = 0;
        for (int i = 0; i < kinds.length; i++) {
            Field field = fields.get(i);
            if (field.ofFeed()) {
                kinds[i] = Kind.OF_FEED;
                slots[i] = feeds++;
            } else if (i == this.state) {
                kinds[i] = Kind.WORD;
            } else if (i == this.time) {
                kinds[i] = Kind.TIME;
            } else if (field.type() == Field.Type.TEXT) {
                kinds[i] = Kind.TEXT;
                slots[i] = texts++;
            } else {
                kinds[i] = Kind.NUMBER;
                slots[i] = NUMBERS + Long.BYTES * numbers++;
            }
        }
        this.endsAt = NUMBERS + Long.BYTES * numbers;
        this.textCount = texts;
        this.words =
                this.fields.get(this.state).words().stream()
                        .map(word -> word.text().getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new);
        if (kinds[this.id] != Kind.TEXT
                || words.length == 0
                || words.length > Byte.MAX_VALUE
                || this.fields.get(this.time).type() != Field.Type.TIMESTAMP
                || this.fields.get(this.end).type() != Field.Type.TIMESTAMP) {
            throw new IllegalArgumentException("id, state, time or end is no such field");
        }
    }

    /** What users call a feed, such as {@code function}. */
    public String feedWord() {
        return feedWord;
    }

    public List<Field> fields() {
        return fields;
    }

    public int size() {
        return kinds.length;
    }

    public Field field(int index) {
        return fields.get(index);
    }

    /** Which field has the name. */
    public int index(String name) {
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no field " + name);
    }

    /** The field that is, with the feed, the key of a record. */
    public int id() {
        return id;
    }

    /** The field that says how far a record has come. */
    public int state() {
        return state;
    }

    /** The time that rows are ordered by. */
    public int time() {
        return time;
    }

    /** The time that a record has once it has ended. */
    public int end() {
        return end;
    }

    public List<Field.Word> words() {
        return fields.get(state).words();
    }

    /** Which of the words it is; -1 for none. */
    public int word(String text) {
        for (int i = 0; i < words.length; i++) {
            if (words().get(i).text().equals(text)) {
                return i;
            }
        }
        return -1;
    }

    /** How many fields are of the feed: as many values a {@code Feed} has. */
    public int feedFieldCount() {
        return (int) fields.stream().filter(Field::ofFeed).count();
    }

    Kind kind(int field) {
        return kinds[field];
    }

    /** Of a number, where it stands; of a text or a feed's value, which of them it is. */
    int slot(int field) {
        return slots[field];
    }

    int endsAt() {
        return endsAt;
    }

    int textCount() {
        return textCount;
    }

    int textsAt() {
        return endsAt + Integer.BYTES * textCount;
    }

    byte[][] wordBytes() {
        return words;
    }

    int[] age() {
        return age;
    }
}
