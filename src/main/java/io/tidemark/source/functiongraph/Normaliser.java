package io.tidemark.source.functiongraph;

import io.tidemark.record.Rows;
import io.tidemark.record.Schema;
import io.tidemark.record.Times;
import io.tidemark.source.http.CloudTime;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns the records of a page into rows, whichever of the source's shapes they have.
 *
 * <p>An empty text means nothing was given. What a sink could not hold, or could not hold
 * truthfully, is rejected: it is never bent into shape. What is ordinary goes from bytes to bytes;
 * the rest by way of texts.
 */
final class Normaliser {
    // documented are 64; more than this and function_urn no longer fit one index entry of
    // PostgreSQL (2704 bytes, 4 bytes a character at worst)
    private static final int LONGEST_REQUEST_ID = 512;

    private static final byte[][] WORDS = new byte[Invocations.SCHEMA.words().size()][];

    static {
        WORDS[Invocations.WAITING] = ascii("WAIT");
        WORDS[Invocations.RUNNING] = ascii("RUNNING");
        WORDS[Invocations.UNKNOWN] = ascii(""); // no word of the source
        WORDS[Invocations.SUCCEEDED] = ascii("SUCCESS");
        WORDS[Invocations.FAILED] = ascii("FAIL");
        WORDS[Invocations.DISCARDED] = ascii("DISCARD");
    }

    private final RawPage page;
    private final byte[] body;
    private final Placement placement;
    private final Rows rows;
    private final Set<String> undocumented = new HashSet<>();
    private int noted = -1;
    // of the record at hand
    private long start;
    private long end;

    Normaliser(RawPage page, Placement placement, Rows rows) {
        this.page = page;
        this.body = page.body();
        this.placement = placement;
        this.rows = rows;
    }

    /** Null where it has become a row, else why not: one sentence for a person. */
    @Nullable String normalise(int record) {
        if (page.unusual(record) == null && ordinary(record)) {
            return null;
        }
        try {
            bySlowWay(record);
            return null;
        } catch (Misfit misfit) {
            return misfit.sentence;
        }
    }

    /** The words for a status that nobody documented, among what was normalised. */
    Set<String> undocumented() {
        return undocumented;
    }

    /** Whether it was; if not, nothing was done. */
    private boolean ordinary(int record) {
        int id = page.from(record, RawPage.REQUEST_ID);
        int idLength = page.to(record, RawPage.REQUEST_ID) - id;
        start = ordinaryTime(record, RawPage.START_TIME);
        end = ordinaryTime(record, RawPage.END_TIME);
        int code = page.from(record, RawPage.ERROR_CODE);
        int codeLength = page.to(record, RawPage.ERROR_CODE) - code;
        if (id < 0
                || idLength < 1
                || idLength > LONGEST_REQUEST_ID
                || start == NOT_ORDINARY
                || end == NOT_ORDINARY
                || codeLength > 0 && !isShortInteger(code, codeLength)) {
            return false;
        }
        int word = word(record);
        if (word == Invocations.UNKNOWN) {
            noteStatus(record);
        }
        rows.begin().state(word).text(Invocations.REQUEST_ID, body, id, idLength);
        putStatus(record);
        putMessage(record);
        if (codeLength > 0) {
            rows.number(Invocations.ERROR_CODE, integer(code, codeLength));
        }
        endRow(word);
        return true;
    }

    private void putStatus(int record) {
        int from = page.from(record, RawPage.STATUS);
        rows.text(
                Invocations.RAW_STATUS,
                body,
                Math.max(0, from),
                from < 0 ? 0 : page.to(record, RawPage.STATUS) - from);
    }

    private void noteStatus(int record) {
        int from = page.from(record, RawPage.STATUS);
        int to = page.to(record, RawPage.STATUS);
        boolean isLikeTheLast =
                noted >= 0
                        && Arrays.equals(
                                body,
                                page.from(noted, RawPage.STATUS),
                                page.to(noted, RawPage.STATUS),
                                body,
                                Math.max(0, from),
                                Math.max(0, to));
        if (from < to && !isLikeTheLast) {
            undocumented.add(String.valueOf(page.text(record, RawPage.STATUS)));
            noted = record;
        }
    }

    private void putMessage(int record) {
        int from = page.from(record, RawPage.ERROR_MESSAGE);
        int length = page.to(record, RawPage.ERROR_MESSAGE) - from;
        if (length > 0) {
            rows.text(Invocations.ERROR_MESSAGE, body, from, length);
        }
    }

    /** Times, what follows from them, and where the record belongs. */
    private void endRow(int word) {
        if (start != Schema.NO_TIME) {
            rows.number(Invocations.START_TIME, start);
        }
        if (end != Schema.NO_TIME) {
            rows.number(Invocations.END_TIME, end);
            if (start != Schema.NO_TIME) {
                rows.number(Invocations.DURATION_MS, (end - start) / 1_000);
            }
        }
        rows.place(placement.place(word, start, end)).end();
    }

    private int word(int record) {
        int from = page.from(record, RawPage.STATUS);
        return from < 0 ? Invocations.UNKNOWN : word(body, from, page.to(record, RawPage.STATUS));
    }

    private static int word(byte[] bytes, int from, int to) {
        if (from == to) {
            return Invocations.UNKNOWN;
        }
        for (int i = 0; i < WORDS.length; i++) {
            if (Arrays.equals(bytes, from, to, WORDS[i], 0, WORDS[i].length)) {
                return i;
            }
        }
        return Invocations.UNKNOWN;
    }

    /** The state a word of the source stands for. */
    static int word(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return word(bytes, 0, bytes.length);
    }

    private static final long NOT_ORDINARY = Long.MIN_VALUE;
    private static final int DOCUMENTED_LENGTH = 19;

    /** {@code yyyy-MM-dd'T'HH:mm:ss} and nothing else; {@link Schema#NO_TIME} for nothing. */
    private long ordinaryTime(int record, int field) {
        int at = page.from(record, field);
        int length = page.to(record, field) - at;
        if (at < 0 || length == 0) {
            return Schema.NO_TIME;
        }
        if (length != DOCUMENTED_LENGTH
                || body[at + 4] != '-'
                || body[at + 7] != '-'
                || body[at + 10] != 'T'
                || body[at + 13] != ':'
                || body[at + 16] != ':') {
            return NOT_ORDINARY;
        }
        int year = two(at) * 100 + two(at + 2);
        int month = two(at + 5);
        int day = two(at + 8);
        int second = secondOfDay(two(at + 11), two(at + 14), two(at + 17));
        if (two(at) < 0
                || two(at + 2) < 0
                || year < 1
                || month < 1
                || month > 12
                || day < 1
                || day > 28 && day > lengthOf(year, month)
                || second < 0) {
            return NOT_ORDINARY;
        }
        return (epochDay(year, month, day) * 86_400 + second) * 1_000_000;
    }

    private static int secondOfDay(int hour, int minute, int second) {
        boolean is =
                hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
        return is ? hour * 3_600 + minute * 60 + second : -1;
    }

    private static int lengthOf(int year, int month) {
        if (month == 2) {
            return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
        }
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }

    /** Days since 1970; years begin in March, so that leap days are last. */
    private static long epochDay(int year, int month, int day) {
        int y = month <= 2 ? year - 1 : year;
        int era = y / 400;
        int yearOfEra = y - era * 400;
        int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097L + dayOfEra - 719_468;
    }

    /** Of two digits; less than 0 where one is none. */
    private int two(int at) {
        int tens = body[at] - '0';
        int ones = body[at + 1] - '0';
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -100_000 : 10 * tens + ones;
    }

    private static final int DIGITS_THAT_FIT = 18;

    private boolean isShortInteger(int at, int length) {
        int first = body[at] == '-' ? 1 : 0;
        if (length == first || length - first > DIGITS_THAT_FIT) {
            return false;
        }
        for (int i = first; i < length; i++) {
            if (body[at + i] < '0' || body[at + i] > '9') {
                return false;
            }
        }
        return true;
    }

    private long integer(int at, int length) {
        boolean negative = body[at] == '-';
        long number = 0;
        for (int i = negative ? 1 : 0; i < length; i++) {
            number = number * 10 + body[at + i] - '0';
        }
        return negative ? -number : number;
    }

    private void bySlowWay(int record) throws Misfit {
        RawInvocation odd = page.unusual(record);
        if (odd != null && odd.misshapen() != null) {
            throw new Misfit(odd.misshapen());
        }
        String id = storable("request_id", page.text(record, RawPage.REQUEST_ID));
        if (id == null) {
            throw new Misfit("It has no request_id.");
        }
        if (id.length() > LONGEST_REQUEST_ID) {
            throw new Misfit("Its request_id has " + id.length() + " characters.");
        }
        String status = storable("status", page.text(record, RawPage.STATUS));
        Long code = integer("error_code", page.text(record, RawPage.ERROR_CODE));
        String message = storable("error_message", page.text(record, RawPage.ERROR_MESSAGE));
        start = time("start_time", page.text(record, RawPage.START_TIME));
        end = time("end_time", page.text(record, RawPage.END_TIME));
        int word = status == null ? Invocations.UNKNOWN : word(status);
        if (word == Invocations.UNKNOWN && status != null) {
            undocumented.add(status);
        }
        rows.begin()
                .state(word)
                .text(Invocations.REQUEST_ID, id)
                .text(Invocations.RAW_STATUS, status == null ? "" : status);
        if (message != null) {
            rows.text(Invocations.ERROR_MESSAGE, message);
        }
        if (code != null) {
            rows.number(Invocations.ERROR_CODE, code);
        }
        endRow(word);
    }

    /** The text if every sink can hold it; null where there is none. */
    private static @Nullable String storable(String field, @Nullable String text) throws Misfit {
        if (text == null || text.isEmpty()) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw new Misfit("Its " + field + " holds the character NUL.");
            }
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    throw new Misfit("Its " + field + " holds half a character (a surrogate).");
                }
            }
        }
        return text;
    }

    private static @Nullable Long integer(String field, @Nullable String text) throws Misfit {
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return Long.valueOf(text.strip());
        } catch (NumberFormatException notOne) {
            throw new Misfit("Its " + field + " is no integer.");
        }
    }

    /** {@link Schema#NO_TIME} where there is none. */
    private static long time(String field, @Nullable String text) throws Misfit {
        if (text == null || text.isBlank()) {
            return Schema.NO_TIME;
        }
        Instant time = CloudTime.parse(text.strip());
        if (time == null) {
            throw new Misfit("Its " + field + " is no time.");
        }
        return Times.micros(time);
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    /** Does not leave this class; without a stack trace, as a window may be full of them. */
    private static final class Misfit extends Exception {
        private static final long serialVersionUID = 1L;
        private final String sentence;

        private Misfit(String sentence) {
            super(sentence, null, false, false);
            this.sentence = sentence;
        }
    }
}
