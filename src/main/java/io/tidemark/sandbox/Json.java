package io.tidemark.sandbox;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** JSON under construction, as UTF-8. Times are milliseconds since 1970. */
final class Json {
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private byte[] bytes;
    private int length;

    Json(int capacity) {
        bytes = new byte[capacity];
    }

    static Json of(String ascii) {
        return new Json(ascii.length()).raw(ascii);
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    Json clear() {
        length = 0;
        return this;
    }

    /** As it is: punctuation, names, ASCII only. */
    Json raw(String ascii) {
        int size = ascii.length();
        reserve(size);
        copyAscii(ascii, size);
        return this;
    }

    @SuppressWarnings("deprecation") // wrong for other characters, and several times as fast
    private void copyAscii(String ascii, int size) {
        ascii.getBytes(0, size, bytes, length);
        length += size;
    }

    Json number(long value) {
        return value >= 0 && value < 10 ? raw((char) ('0' + value)) : raw(Long.toString(value));
    }

    /** A string in its quotes, escaped; null for null. */
    Json text(@Nullable String text) {
        if (text == null) {
            return raw("null");
        }
        int size = text.length();
        reserve(6 * size + 2); // the longest escape of a char
        bytes[length++] = '"';
        int plain = 0;
        while (plain < size && isPlain(text.charAt(plain))) {
            plain++;
        }
        copyAscii(text, plain);
        for (int i = plain; i < size; i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                bytes[length++] = (byte) c;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < size
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                utf8(Character.toCodePoint(c, text.charAt(++i)));
            } else {
                escapedOrUtf8(c);
            }
        }
        bytes[length++] = '"';
        return this;
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
    }

    /** A time in its quotes. */
    Json time(long millis, Behaviour.TimeFormat format) {
        raw('"');
        switch (format) {
            case PLAIN -> local(millis, 'T');
            case ZULU -> local(millis, 'T').raw('Z');
            case OFFSET -> local(millis + Duration.ofHours(2).toMillis(), 'T').raw("+02:00");
            case FRACTION -> {
                local(millis, 'T').raw('.');
                int fraction = (int) Math.floorMod(millis, 1000L);
                reserve(3);
                digit(fraction / 100);
                twoDigits(fraction % 100);
            }
            case SPACE -> local(millis, ' ');
        }
        return raw('"');
    }

    /** Howard Hinnant's days-to-civil, for years from 0001 on. */
    private Json local(long millis, char separator) {
        long days = Math.floorDiv(millis, DAY) + 719_468;
        int era = (int) (days / 146_097);
        int dayOfEra = (int) (days % 146_097);
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int shifted = (5 * dayOfYear + 2) / 153;
        int month = shifted < 10 ? shifted + 3 : shifted - 9;
        int year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
        int second = (int) (Math.floorMod(millis, DAY) / 1000);
        reserve(20);
        if (year > 9999) {
            digit(year / 10_000);
        }
        twoDigits(year / 100 % 100);
        twoDigits(year % 100);
        bytes[length++] = '-';
        twoDigits(month);
        bytes[length++] = '-';
        twoDigits(dayOfYear - (153 * shifted + 2) / 5 + 1);
        bytes[length++] = (byte) separator;
        twoDigits(second / 3600);
        bytes[length++] = ':';
        twoDigits(second / 60 % 60);
        bytes[length++] = ':';
        twoDigits(second % 60);
        return this;
    }

    private void twoDigits(int value) {
        digit(value / 10);
        digit(value % 10);
    }

    private void digit(int value) {
        bytes[length++] = (byte) ('0' + value);
    }

    private Json raw(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    private void escapedOrUtf8(char c) {
        switch (c) {
            case '"', '\\' -> escape((byte) c);
            case '\n' -> escape((byte) 'n');
            case '\r' -> escape((byte) 'r');
            case '\t' -> escape((byte) 't');
            default -> {
                if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
                    escape((byte) 'u');
                    for (int shift = 12; shift >= 0; shift -= 4) {
                        bytes[length++] = HEX[c >> shift & 15];
                    }
                } else {
                    utf8(c);
                }
            }
        }
    }

    private void escape(byte letter) {
        bytes[length++] = '\\';
        bytes[length++] = letter;
    }

    private void utf8(int c) {
        if (c < 0x800) {
            bytes[length++] = (byte) (0xc0 | c >> 6);
        } else {
            if (c < 0x10000) {
                bytes[length++] = (byte) (0xe0 | c >> 12);
            } else {
                bytes[length++] = (byte) (0xf0 | c >> 18);
                bytes[length++] = (byte) (0x80 | c >> 12 & 0x3f);
            }
            bytes[length++] = (byte) (0x80 | c >> 6 & 0x3f);
        }
        bytes[length++] = (byte) (0x80 | c & 0x3f);
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
