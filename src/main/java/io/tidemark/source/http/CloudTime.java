package io.tidemark.source.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times as the APIs of these clouds take and give them. Without a zone, they are UTC. */
public final class CloudTime {
    private static final DateTimeFormatter QUERY =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private static final Pattern SHAPE =
            Pattern.compile(
                    "\\+?([0-9]{4,6})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})"
                            + "(?:[.,]([0-9]+))? ?(Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)?");

    // from here to there, CSV, PostgreSQL and Parquet (microseconds in 64 bits) hold every time
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("+294246-12-31T23:59:59.999999Z");

    private static final int DIGITS_OF_MICROS = 6;

    private CloudTime() {}

    /** Whole seconds, without a zone, as the query parameters want it. */
    public static String format(Instant wholeSeconds) {
        return QUERY.format(wholeSeconds);
    }

    /**
     * The time the text stands for, cut to microseconds because no sink holds more; null where it
     * stands for none.
     */
    public static @Nullable Instant parse(String text) {
        Instant documented = parseDocumented(text);
        return documented != null ? documented : parseAnyShape(text);
    }

    /** {@code yyyy-MM-dd'T'HH:mm:ss} and nothing else; by hand, as it is read twice a record. */
    private static @Nullable Instant parseDocumented(String text) {
        if (text.length() != 19
                || text.charAt(4) != '-'
                || text.charAt(7) != '-'
                || text.charAt(10) != 'T'
                || text.charAt(13) != ':'
                || text.charAt(16) != ':') {
            return null;
        }
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 7);
        int day = digits(text, 8, 10);
        int hour = digits(text, 11, 13);
        int minute = digits(text, 14, 16);
        int second = digits(text, 17, 19);
        if (year < 1 || month < 1 || day < 1 || hour < 0 || minute < 0 || second < 0) {
            return null;
        }
        try {
            return LocalDateTime.of(year, month, day, hour, minute, second)
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException noSuchTime) {
            return null;
        }
    }

    /** The number, or -1 where a character is no ASCII digit. */
    private static int digits(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private static @Nullable Instant parseAnyShape(String text) {
        Matcher parts = SHAPE.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        try {
            Instant time =
                    LocalDateTime.of(
                                    Integer.parseInt(parts.group(1)),
                                    Integer.parseInt(parts.group(2)),
                                    Integer.parseInt(parts.group(3)),
                                    Integer.parseInt(parts.group(4)),
                                    Integer.parseInt(parts.group(5)),
                                    Integer.parseInt(parts.group(6)))
                            .toInstant(offset(parts.group(8)))
                            .plus(micros(parts.group(7)), ChronoUnit.MICROS);
            return time.isBefore(FIRST) || time.isAfter(LAST) ? null : time;
        } catch (DateTimeException noSuchTime) {
            return null;
        }
    }

    private static ZoneOffset offset(@Nullable String text) {
        return text == null ? ZoneOffset.UTC : ZoneOffset.of(text.toUpperCase(Locale.ROOT));
    }

    private static long micros(@Nullable String fraction) {
        if (fraction == null) {
            return 0;
        }
        String digits = fraction + "0".repeat(DIGITS_OF_MICROS);
        return Long.parseLong(digits.substring(0, DIGITS_OF_MICROS));
    }
}
