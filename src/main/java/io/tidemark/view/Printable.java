package io.tidemark.view;

/**
 * Makes text of strangers fit to be printed for people. Names, ids and messages come from whoever
 * can deploy a function or answer in its place: what would move a cursor, colour, reorder or hide
 * is shown as its code, such as {@code \\u001B}.
 */
public final class Printable {
    private Printable() {}

    /** On one line: also its line ends are shown. */
    public static String line(String text) {
        return printable(text, false);
    }

    /** On as many lines as it has. */
    public static String lines(String text) {
        return printable(text, true);
    }

    private static String printable(String text, boolean manyLines) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> {
                    if (isVisible(c) || manyLines && c == '\n') {
                        printable.appendCodePoint(c);
                    } else {
                        printable.append("\\u%04X".formatted(c));
                    }
                });
        return printable.toString();
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
