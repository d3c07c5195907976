package io.tidemark.record;

import java.time.Instant;

/**
 * Times as rows hold them: microseconds since 1970-01-01T00:00:00Z, from the year 1 to the year
 * 294246, what CSV, PostgreSQL and Parquet all hold.
 */
public final class Times {
    /** The first that there is. */
    public static final long FIRST = micros(Instant.parse("0001-01-01T00:00:00Z"));

    /** The last that there is. */
    public static final long LAST = micros(Instant.parse("+294246-12-31T23:59:59.999999Z"));

    private static final long SECOND = 1_000_000;
    private static final long DAY = 86_400 * SECOND;

    private Times() {}

    /**
     * A finer fraction is cut off.
     *
     * @throws ArithmeticException some 290,000 years away
     */
    public static long micros(Instant time) {
        return Math.addExact(
                Math.multiplyExact(time.getEpochSecond(), SECOND), time.getNano() / 1_000);
    }

    public static Instant instant(long micros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(micros, SECOND), Math.floorMod(micros, SECOND) * 1_000);
    }

    /**
     * Writes a time as all files have it: {@code 2026-11-21T14:27:37Z}, with three digits of a
     * fraction that is not zero, or six where microseconds need them. Years of more than four
     * digits have no plus sign before them, for neither PostgreSQL nor DuckDB reads that.
     */
    public static void put(long micros, Bytes to) {
        long days = Math.floorDiv(micros, DAY);
        long ofDay = Math.floorMod(micros, DAY);
        putDate(days, to);
        int second = (int) (ofDay / SECOND);
        int fraction = (int) (ofDay % SECOND);
        to.put('T');
        to.putPadded(second / 3_600, 2);
        to.put(':');
        to.putPadded(second / 60 % 60, 2);
        to.put(':');
        to.putPadded(second % 60, 2);
        if (fraction != 0) {
            to.put('.');
            if (fraction % 1_000 == 0) {
                to.putPadded(fraction / 1_000, 3);
            } else {
                to.putPadded(fraction, 6);
            }
        }
        to.put('Z');
    }

    /**
     * The civil calendar from days since 1970: years begin in March, so that leap days are last.
     */
    private static void putDate(long epochDay, Bytes to) {
        long z = epochDay + 719_468;
        long era = Math.floorDiv(z, 146_097);
        int dayOfEra = (int) (z - era * 146_097);
        int yearOfEra =
                (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int shifted = (5 * dayOfYear + 2) / 153;
        int day = dayOfYear - (153 * shifted + 2) / 5 + 1;
        int month = shifted < 10 ? shifted + 3 : shifted - 9;
        int year = (int) (yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
        to.putPadded(year, year < 10_000 ? 4 : year < 100_000 ? 5 : 6);
        to.put('-');
        to.putPadded(month, 2);
        to.put('-');
        to.putPadded(day, 2);
    }

    /**
     * Reads what {@link #put} wrote.
     *
     * @throws java.time.DateTimeException where it is none
     */
    public static long parse(String text) {
        boolean manyDigits = text.indexOf('-', 1) > "2026".length();
        return micros(Instant.parse(manyDigits ? "+" + text : text));
    }
}
