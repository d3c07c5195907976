package io.tidemark.source.functiongraph;

/**
 * Tells which request ids were seen before, by a hash of 64 bits each, in bounded memory: as many
 * as a window usually has are told exactly, more by a Bloom filter of four bits an id.
 *
 * <p>It may take a new id for a seen one, never the other way round. Within a slice that matters
 * only where it happens to all the records of a page: at ten million records before, less than once
 * in 10^10 pages of 64. Not for several threads.
 */
final class SeenIds {
    private static final int MOST_EXACTLY = 1 << 17;
    private static final int SIZE = 1 << 24;
    private static final int BITS_PER_ID = 4;

    /** A hash table without chains; 0 is an empty place. At most half full. */
    private long[] exactly = new long[1 << 10];

    private int count;
    private long[] bits = {};

    /** Takes the records in; returns how many of them are new. */
    int add(RawPage page) {
        int fresh = 0;
        for (long hash : page.hashes()) {
            if (add(hash)) {
                fresh++;
            }
        }
        return fresh;
    }

    /** Takes the {@link #hash} of an id in; returns whether it is new. */
    boolean add(long hash) {
        if (bits.length > 0) {
            return addRoughly(hash);
        }
        if (2 * count >= exactly.length) {
            grow();
            return add(hash);
        }
        return addExactly(hash == 0 ? 1 : hash);
    }

    private boolean addExactly(long hash) {
        int mask = exactly.length - 1;
        int at = (int) hash & mask;
        while (exactly[at] != 0) {
            if (exactly[at] == hash) {
                return false;
            }
            at = at + 1 & mask;
        }
        exactly[at] = hash;
        count++;
        return true;
    }

    private void grow() {
        long[] before = exactly;
        if (count >= MOST_EXACTLY) {
            bits = new long[SIZE / Long.SIZE];
            exactly = new long[0];
        } else {
            exactly = new long[2 * before.length];
            count = 0;
        }
        for (long hash : before) {
            if (hash != 0) {
                add(hash);
            }
        }
    }

    private boolean addRoughly(long hash) {
        boolean fresh = false;
        int step = (int) (hash >>> 32) | 1;
        int at = (int) hash;
        for (int i = 0; i < BITS_PER_ID; i++, at += step) {
            int bit = at & SIZE - 1;
            fresh |= (bits[bit >>> 6] & 1L << bit) == 0;
            bits[bit >>> 6] |= 1L << bit;
        }
        return fresh;
    }

    /** FNV-1a over the bytes of an id, then {@link #mix}. */
    static long hash(byte[] bytes, int from, int to) {
        long hash = 0xcbf29ce484222325L;
        for (int i = from; i < to; i++) {
            hash = (hash ^ bytes[i]) * 0x100000001b3L;
        }
        return mix(hash);
    }

    /** The finaliser of MurmurHash3, so that every bit counts. */
    static long mix(long value) {
        long hash = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }
}
