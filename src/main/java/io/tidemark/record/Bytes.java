package io.tidemark.record;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Bytes that are put one behind the other, in an array that grows and is used again. */
public final class Bytes {
    private static final int DIGITS_OF_A_LONG = 20;

    private byte[] data;
    private int size;

    public Bytes(int capacity) {
        data = new byte[capacity];
    }

    /** The array they are in; another one after it has grown. */
    public byte[] data() {
        return data;
    }

    public int size() {
        return size;
    }

    public void clear() {
        size = 0;
    }

    /** Cuts it back to an earlier size. */
    public void cut(int to) {
        size = to;
    }

    public void put(int value) {
        room(1);
        data[size++] = (byte) value;
    }

    public void put(byte[] from) {
        put(from, 0, from.length);
    }

    public void put(byte[] from, int offset, int length) {
        room(length);
        System.arraycopy(from, offset, data, size, length);
        size += length;
    }

    /** Characters of ASCII alone. */
    @SuppressWarnings("deprecation") // the one way without a copy, and right for ASCII
    public void putAscii(String text) {
        int length = text.length();
        room(length);
        text.getBytes(0, length, data, size);
        size += length;
    }

    /** Two bytes, the higher one first. */
    public void putShort(int value) {
        put(value >>> 8);
        put(value);
    }

    /** Four bytes, the highest one first. */
    public void putInt(int value) {
        room(Integer.BYTES);
        Row.INT.set(data, size, value);
        size += Integer.BYTES;
    }

    /** Eight bytes, the highest one first. */
    public void putLong(long value) {
        room(Long.BYTES);
        Row.LONG.set(data, size, value);
        size += Long.BYTES;
    }

    /** The number as people write it. */
    public void putDecimal(long value) {
        if (value == Long.MIN_VALUE) {
            putAscii("-9223372036854775808");
            return;
        }
        room(DIGITS_OF_A_LONG);
        long rest = value;
        if (rest < 0) {
            data[size++] = '-';
            rest = -rest;
        }
        int digits = 1;
        for (long power = 10; digits < 19 && rest >= power; power *= 10) {
            digits++;
        }
        for (int i = digits - 1; i >= 0; i--) {
            data[size + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
    }

    /** A number that is not negative, with zeros before it. */
    void putPadded(int value, int digits) {
        room(digits);
        int rest = value;
        for (int i = digits - 1; i >= 0; i--) {
            data[size + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(data, 0, size);
    }

    /** Makes room for so many more, so that {@link #data()} stays the same until they are put. */
    public void room(int more) {
        if (data.length - size < more) {
            data =
                    Arrays.copyOf(
                            data,
                            Math.max(
                                    Math.addExact(size, more),
                                    (int) Math.min(2L * data.length, Integer.MAX_VALUE - 8)));
        }
    }
}
