package io.tidemark.sink.file;

/**
 * Keeps spreadsheets from taking a text for a formula, by an apostrophe before it, and takes it off
 * again.
 *
 * <p>The rule is OWASP's (CSV Injection): cells that begin with an equals sign, plus, minus or at,
 * also in their full-width forms, or with a tab or a line end. Texts that have apostrophes before
 * one of these get one more, so that {@link #bare} gives back every text as it was.
 */
final class FormulaGuard {
    private static final char APOSTROPHE = '\'';
    private static final String BEGINNINGS = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

    private FormulaGuard() {}

    /** Whether no text that begins with this byte of UTF-8 is in need of the guard. */
    static boolean isHarmless(byte first) {
        return first > 0 && first != APOSTROPHE && BEGINNINGS.indexOf(first) < 0;
    }

    static String guarded(String text) {
        return isFormulaBehindApostrophes(text) ? APOSTROPHE + text : text;
    }

    /** Of a text that {@link #guarded} gave, the one it was given. */
    static String bare(String guarded) {
        return guarded.charAt(0) == APOSTROPHE && isFormulaBehindApostrophes(guarded)
                ? guarded.substring(1)
                : guarded;
    }

    private static boolean isFormulaBehindApostrophes(String text) {
        int at = 0;
        while (at < text.length() && text.charAt(at) == APOSTROPHE) {
            at++;
        }
        return at < text.length() && BEGINNINGS.indexOf(text.charAt(at)) >= 0;
    }
}
