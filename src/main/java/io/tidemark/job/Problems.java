package io.tidemark.job;

import static java.util.Comparator.comparingInt;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one file. */
final class Problems {
    private static final int LONGEST_SHOWN = 100;

    private final String file;
    private final List<Problem> found = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    void add(Node.Position at, String path, String message, String hint) {
        found.add(new Problem(file, at.line(), at.column(), path, message, hint));
    }

    void addForWholeFile(String message, String hint) {
        found.add(new Problem(file, 0, 0, "", message, hint));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    List<Problem> inOrderOfPosition() {
        return found.stream()
                .sorted(comparingInt(Problem::line).thenComparingInt(Problem::column))
                .toList();
    }

    /** A JSON pointer, one step further. Keys are a stranger's text: they stay on one line. */
    static String pointer(String path, String key) {
        return path + "/" + onOneLine(key).replace("~", "~0").replace("/", "~1");
    }

    /** Short, and without the characters that would break a line or colour a terminal. */
    static String onOneLine(String text) {
        boolean fits = text.codePointCount(0, text.length()) <= LONGEST_SHOWN;
        String shown =
                fits ? text : text.substring(0, text.offsetByCodePoints(0, LONGEST_SHOWN)) + "...";
        return shown.codePoints()
                .map(c -> isInvisible(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isInvisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    true;
            default -> false;
        };
    }
}
