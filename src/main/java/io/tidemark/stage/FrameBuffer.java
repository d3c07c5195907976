package io.tidemark.stage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One frame in memory, to be written or read from front to back.
 *
 * <pre>
 * int  length of the payload
 * int  CRC32C of the payload
 * int  CRC32C of the eight bytes before: a damaged length is never believed
 * byte kind, the first of the payload
 * ...
 * </pre>
 */
final class FrameBuffer {
    static final int HEADER = 12;

    private static final FrameKind[] KINDS = FrameKind.values();

    private byte[] bytes;
    private int position;
    private int end;

    private FrameBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    /** An empty frame to write into. */
    static FrameBuffer of(FrameKind kind, int capacity) {
        FrameBuffer frame = new FrameBuffer(capacity);
        frame.restart(kind);
        return frame;
    }

    /** Makes it an empty frame to write into. */
    void restart(FrameKind kind) {
        position = HEADER;
        putByte(kind.ordinal());
    }

    boolean isEmpty() {
        return position == HEADER + 1;
    }

    int size() {
        return position;
    }

    /** The whole frame as it stands in a file; valid until the next change. */
    ByteBuffer sealed() {
        int length = position - HEADER;
        ByteBuffer frame = ByteBuffer.wrap(bytes, 0, position);
        frame.putInt(0, length).putInt(4, checksum(bytes, HEADER, length));
        return frame.putInt(8, checksum(bytes, 0, 8));
    }

    void putByte(int value) {
        room(1);
        bytes[position++] = (byte) value;
    }

    /** Small numbers, of either sign, take few bytes. */
    void putNumber(long value) {
        room(10);
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            bytes[position++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[position++] = (byte) rest;
    }

    /** Any text, exactly: one that UTF-8 has no form for goes char by char, its length negative. */
    void putText(String text) {
        if (isWellFormed(text)) {
            byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
            putNumber(encoded.length);
            room(encoded.length);
            System.arraycopy(encoded, 0, bytes, position, encoded.length);
            position += encoded.length;
        } else {
            putNumber(-text.length());
            text.chars().forEach(this::putNumber);
        }
    }

    void putInstant(Instant instant) {
        putNumber(instant.getEpochSecond());
        putNumber(instant.getNano());
    }

    int getByte() {
        return bytes[position++];
    }

    long getNumber() {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = bytes[position++];
            value |= (next & 0x7FL) << shift;
            shift += 7;
        } while (next < 0);
        return (value >>> 1) ^ -(value & 1);
    }

    String getText() {
        int length = Math.toIntExact(getNumber());
        if (length < 0) {
            StringBuilder chars = new StringBuilder(-length);
            while (chars.length() < -length) {
                chars.append((char) getNumber());
            }
            return chars.toString();
        }
        String text = new String(bytes, position, length, StandardCharsets.UTF_8);
        position += length;
        return text;
    }

    Instant getInstant() {
        return Instant.ofEpochSecond(getNumber(), getNumber());
    }

    boolean hasMore() {
        return position < end;
    }

    /** Makes it a frame to read from, whose payload is put into the array at the offset 0. */
    byte[] refill(int length) {
        if (bytes.length < length) {
            bytes = new byte[length];
        }
        position = 1;
        end = length;
        return bytes;
    }

    /** Of a frame to read from; empty where this program knows no such kind. */
    Optional<FrameKind> kind() {
        int ordinal = bytes[0];
        return ordinal >= 0 && ordinal < KINDS.length
                ? Optional.of(KINDS[ordinal])
                : Optional.empty();
    }

    static int checksum(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    private static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (Character.isLowSurrogate(text.charAt(i))
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private void room(int more) {
        if (bytes.length - position < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, position + more));
        }
    }
}
