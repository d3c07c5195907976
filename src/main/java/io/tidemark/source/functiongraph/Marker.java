package io.tidemark.source.functiongraph;

import io.tidemark.source.http.BrokenAnswer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A position in the answer to one question, in the source's own words.
 *
 * <p>Documented as an offset; a source that uses another text as its position is followed all the
 * same.
 */
record Marker(String text) {
    public static final Marker START = new Marker("0");

    /** So many always fit a long, also after rows were added. */
    private static final int MOST_DIGITS = 18;

    // every request repeats it, and failures quote it
    private static final Pattern BEARABLE =
            Pattern.compile("[^\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]{1,512}");

    /**
     * What a source says is the next one; empty where it says nothing.
     *
     * @throws BrokenAnswer where nobody could ask at it
     */
    static Optional<Marker> said(Optional<String> text) throws BrokenAnswer {
        Optional<String> next = text.filter(words -> !words.isBlank());
        if (next.isPresent()
                && !new Marker(next.get()).isNumber()
                && !BEARABLE.matcher(next.get()).matches()) {
            throw new BrokenAnswer("a 'next_marker' that is too long or holds control characters");
        }
        return next.map(Marker::new);
    }

    public Marker {
        if (text.isBlank()) {
            throw new IllegalArgumentException("a marker without text");
        }
    }

    /** Whether this is a position behind the other: greater, or where one is no number, another. */
    public boolean isAfter(Marker other) {
        return isNumber() && other.isNumber()
                ? Long.parseLong(text) > Long.parseLong(other.text)
                : !text.equals(other.text);
    }

    /** The position so many rows further; empty where this one is no number. */
    public Optional<Marker> plus(int rows) {
        return isNumber()
                ? Optional.of(new Marker(Long.toString(Long.parseLong(text) + rows)))
                : Optional.empty();
    }

    /** How many records lie before it; empty where it is no such number. */
    OptionalLong offset() {
        return isNumber() ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    private boolean isNumber() {
        int digits = text.startsWith("-") ? 1 : 0;
        if (text.length() == digits || text.length() > digits + MOST_DIGITS) {
            return false;
        }
        for (int i = digits; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return text;
    }
}
