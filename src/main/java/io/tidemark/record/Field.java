package io.tidemark.record;

import java.util.List;

/**
 * One column of a record: the same, under the same name, in every sink.
 *
 * @param ofFeed whether all rows of a feed have the same value, so that it is not in the row's
 *     bytes. Such a field is a text and never null
 * @param words of a field that tells the state of a record, all that may stand there; else empty
 */
public record Field(String name, Type type, boolean nullable, boolean ofFeed, List<Word> words) {

    /** What a field holds. */
    public enum Type {
        TEXT,
        /** A 64-bit integer. */
        BIGINT,
        /** Microseconds since 1970-01-01T00:00:00Z, see {@link Times}. */
        TIMESTAMP
    }

    /**
     * A word for the state of a record.
     *
     * @param rank of two states of one record, the one with the greater rank is the newer
     */
    public record Word(String text, int rank, Outlook outlook) {}

    /** Whether a record is still going to change. */
    public enum Outlook {
        OPEN,
        /** Until the record has an end, see {@link Schema#end()}. */
        OPEN_UNTIL_ENDED,
        FINAL
    }

    public Field {
        words = List.copyOf(words);
        boolean text = type == Type.TEXT && !nullable;
        if (ofFeed && !text || !words.isEmpty() && (!text || ofFeed)) {
            throw new IllegalArgumentException(
                    "what a feed or a state is called is a text: " + name);
        }
    }

    /** Of the feed, the same in all of its rows. */
    public static Field ofFeed(String name) {
        return new Field(name, Type.TEXT, false, true, List.of());
    }

    public static Field required(String name) {
        return new Field(name, Type.TEXT, false, false, List.of());
    }

    public static Field optional(String name, Type type) {
        return new Field(name, type, true, false, List.of());
    }

    /** The state of a record, as one of these words. */
    public static Field state(String name, List<Word> words) {
        return new Field(name, Type.TEXT, false, false, words);
    }
}
