package io.tidemark.source.functiongraph;

import io.tidemark.record.Bytes;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;

/**
 * Finds where everything stands in an ordinary page, quickly: what is not ordinary in a record is
 * left to a general parser for that record, and what is not in the page, for the whole page.
 *
 * <p>Ordinary are texts in UTF-8, whole numbers and null; escapes are, in values, but for NUL and
 * surrogates that stand alone.
 */
final class PageScanner {
    private static final int UNUSUAL = -1;

    private static final String SIMPLE_ESCAPES = "\"\\/bfnrt";
    private static final String SIMPLY_ESCAPED = "\"\\/\b\f\n\r\t";

    private final byte[] body;
    private final RawPage page;
    private int at;
    // of the value that was passed
    private int from;
    private int to;

    PageScanner(byte[] body, RawPage page) {
        this.body = body;
        this.page = page;
    }

    /** Whether it is an ordinary page, all of which is told. */
    boolean scan() {
        return pass('{') && members() && end();
    }

    private boolean end() {
        skipBlanks();
        return at == body.length;
    }

    private boolean members() {
        do {
            if (!name() || !member(from, to)) {
                return false;
            }
        } while (pass(','));
        return pass('}');
    }

    private boolean member(int nameFrom, int nameTo) {
        if (is("invocations", nameFrom, nameTo)) {
            return page.beginInvocations() && invocations();
        }
        boolean isNext = is("next_marker", nameFrom, nameTo);
        boolean isCount = is("count", nameFrom, nameTo);
        if (!value()) {
            return false;
        }
        if (isNext || isCount) {
            if (from >= body.length) {
                return false;
            }
            String text =
                    from < 0 ? null : new String(body, from, to - from, StandardCharsets.UTF_8);
            if (isNext) {
                page.next(text);
            } else {
                page.count(text);
            }
        }
        return true;
    }

    private boolean invocations() {
        skipBlanks();
        if (literal("null")) {
            return true;
        }
        if (!pass('[')) {
            return false;
        }
        if (pass(']')) {
            return true;
        }
        do {
            if (!record()) {
                return false;
            }
        } while (pass(','));
        return pass(']');
    }

    private boolean record() {
        skipBlanks();
        int begin = at;
        page.beginRecord(begin);
        if (ordinaryRecord()) {
            page.endRecord(at);
            return true;
        }
        at = begin;
        if (!skipObject()) {
            return false;
        }
        try {
            page.beginRecord(begin); // forgets what was told of it
            page.endUnusual(RawInvocation.read(body, begin, at - begin), at);
            return true;
        } catch (JacksonException | IllegalStateException broken) {
            return false;
        }
    }

    private boolean ordinaryRecord() {
        if (!pass('{')) {
            return false;
        }
        if (pass('}')) {
            return true;
        }
        do {
            if (!name()) {
                return false;
            }
            int field = field(from, to);
            if (!value()) {
                return false;
            }
            if (field >= 0) {
                page.field(field, from, to);
            }
        } while (pass(','));
        return pass('}');
    }

    private int field(int nameFrom, int nameTo) {
        return switch (nameTo - nameFrom) {
            case 6 -> is("status", nameFrom, nameTo) ? RawPage.STATUS : -1;
            case 8 -> is("end_time", nameFrom, nameTo) ? RawPage.END_TIME : -1;
            case 10 -> fieldOfTen(nameFrom, nameTo);
            case 13 -> is("error_message", nameFrom, nameTo) ? RawPage.ERROR_MESSAGE : -1;
            default -> -1;
        };
    }

    private int fieldOfTen(int nameFrom, int nameTo) {
        return switch (body[nameFrom]) {
            case 'r' -> is("request_id", nameFrom, nameTo) ? RawPage.REQUEST_ID : -1;
            case 'e' -> is("error_code", nameFrom, nameTo) ? RawPage.ERROR_CODE : -1;
            case 's' -> is("start_time", nameFrom, nameTo) ? RawPage.START_TIME : -1;
            default -> -1;
        };
    }

    private boolean is(String name, int nameFrom, int nameTo) {
        if (nameTo - nameFrom != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (body[nameFrom + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** A name and its colon. */
    private boolean name() {
        skipBlanks();
        return at < body.length
                && body[at] == '"'
                && text()
                && from < body.length // without escapes
                && pass(':');
    }

    /** An ordinary value; from -1 where it is null. */
    private boolean value() {
        skipBlanks();
        if (at == body.length) {
            return false;
        }
        byte first = body[at];
        if (first == '"') {
            return text();
        }
        if (first == '-' || first >= '0' && first <= '9') {
            return number();
        }
        from = UNUSUAL;
        to = UNUSUAL;
        return literal("null");
    }

    /** A text in quotes without control characters, and of sound UTF-8. */
    private boolean text() {
        int i = at + 1;
        int signs = 0;
        while (i < body.length) {
            byte c = body[i];
            if (c == '"') {
                break;
            }
            if (c == '\\') {
                return escaped(i);
            }
            if (c >= 0 && c < ' ') {
                return false;
            }
            signs |= c;
            i++;
        }
        if (i == body.length) {
            return false;
        }
        from = at + 1;
        to = i;
        at = i + 1;
        return signs >= 0 || Utf8.isSound(body, from, to);
    }

    /**
     * The same where it has escapes: without them it stands behind the body.
     *
     * @param first where the first one is
     */
    private boolean escaped(int first) {
        Bytes text = page.unescaped();
        int begin = text.size();
        text.put(body, at + 1, first - at - 1);
        int i = first;
        while (i < body.length && body[i] != '"') {
            byte c = body[i];
            if (c == '\\') {
                int length = i + 1 < body.length ? unescape(i, text) : 0;
                if (length == 0) {
                    return false;
                }
                i += length;
            } else if (c >= 0 && c < ' ') {
                return false;
            } else {
                text.put(c);
                i++;
            }
        }
        if (i == body.length || !Utf8.isSound(text.data(), begin, text.size())) {
            return false;
        }
        from = body.length + begin;
        to = body.length + text.size();
        at = i + 1;
        return true;
    }

    /** Puts what the escape there stands for; returns its length, 0 where it is not ordinary. */
    private int unescape(int i, Bytes to) {
        int simple = SIMPLE_ESCAPES.indexOf(body[i + 1]);
        if (simple >= 0) {
            to.put(SIMPLY_ESCAPED.charAt(simple));
            return 2;
        }
        int code = body[i + 1] == 'u' ? hexadecimal(i + 2) : -1;
        if (code <= 0 || Character.isLowSurrogate((char) code)) {
            return 0;
        }
        if (!Character.isHighSurrogate((char) code)) {
            Utf8.put(code, to);
            return 6;
        }
        boolean follows = i + 7 < body.length && body[i + 6] == '\\' && body[i + 7] == 'u';
        int low = follows ? hexadecimal(i + 8) : -1;
        if (low < 0 || !Character.isLowSurrogate((char) low)) {
            return 0;
        }
        Utf8.put(Character.toCodePoint((char) code, (char) low), to);
        return 12;
    }

    /** Four hexadecimal digits; -1 where there are none. */
    private int hexadecimal(int begin) {
        if (begin + 4 > body.length) {
            return -1;
        }
        int value = 0;
        for (int i = begin; i < begin + 4; i++) {
            int digit = body[i] < 0 ? -1 : Character.digit(body[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private boolean number() {
        int i = at;
        if (body[i] == '-') {
            i++;
        }
        int digits = i;
        while (i < body.length && body[i] >= '0' && body[i] <= '9') {
            i++;
        }
        boolean leadingZero = i - digits > 1 && body[digits] == '0';
        if (i == digits || leadingZero || i == body.length || !endsNumber(body[i])) {
            return false;
        }
        from = at;
        to = i;
        at = i;
        return true;
    }

    private static boolean endsNumber(byte c) {
        return c == ',' || c == '}' || c == ']' || isBlank(c);
    }

    private boolean literal(String word) {
        int end = at + word.length();
        if (end >= body.length || !is(word, at, end) || !endsNumber(body[end])) {
            return false;
        }
        at = end;
        return true;
    }

    /** Behind an object, whatever is in it, by its braces and quotes. */
    private boolean skipObject() {
        int depth = 0;
        boolean inText = false;
        for (int i = at; i < body.length; i++) {
            byte c = body[i];
            if (inText) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    inText = false;
                }
            } else if (c == '"') {
                inText = true;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                at = i + 1;
                return true;
            } else if (depth == 0) {
                return false;
            }
        }
        return false;
    }

    /** Passes a character, with blanks before it. */
    private boolean pass(char c) {
        skipBlanks();
        if (at < body.length && body[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    private void skipBlanks() {
        while (at < body.length && isBlank(body[at])) {
            at++;
        }
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }
}
