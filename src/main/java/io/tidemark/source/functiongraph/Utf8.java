package io.tidemark.source.functiongraph;

import io.tidemark.record.Bytes;

/** UTF-8 as RFC 3629 has it: no long forms, no surrogates, nothing cut. */
final class Utf8 {
    private Utf8() {}

    /** Puts a code point that is no surrogate. */
    static void put(int code, Bytes to) {
        if (code < 0x80) {
            to.put(code);
        } else if (code < 0x800) {
            to.put(0xC0 | code >> 6);
            to.put(0x80 | code & 0x3F);
        } else if (code < 0x1_0000) {
            to.put(0xE0 | code >> 12);
            to.put(0x80 | code >> 6 & 0x3F);
            to.put(0x80 | code & 0x3F);
        } else {
            to.put(0xF0 | code >> 18);
            to.put(0x80 | code >> 12 & 0x3F);
            to.put(0x80 | code >> 6 & 0x3F);
            to.put(0x80 | code & 0x3F);
        }
    }

    static boolean isSound(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            int c = bytes[i++];
            if (c >= 0) {
                continue;
            }
            int more = following(c & 0xFF);
            if (more == 0 || to - i < more || !isSecond(c & 0xFF, bytes[i] & 0xFF)) {
                return false;
            }
            for (int end = i + more; i < end; i++) {
                if ((bytes[i] & 0xC0) != 0x80) {
                    return false;
                }
            }
        }
        return true;
    }

    private static int following(int first) {
        if (first >= 0xC2 && first <= 0xDF) {
            return 1;
        }
        if (first >= 0xE0 && first <= 0xEF) {
            return 2;
        }
        return first >= 0xF0 && first <= 0xF4 ? 3 : 0;
    }

    private static boolean isSecond(int first, int second) {
        return switch (first) {
            case 0xE0 -> second >= 0xA0;
            case 0xED -> second < 0xA0;
            case 0xF0 -> second >= 0x90;
            case 0xF4 -> second < 0x90;
            default -> true;
        };
    }
}
