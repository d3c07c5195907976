package io.tidemark.source.functiongraph;

/**
 * Tells how many request ids were not seen before, by a hash of 64 bits each, in bounded memory: as
 * many as a window usually has exactly, of more an estimate within some percent, from a Bloom
 * filter of four bits an id.
 *
 * <p>It tells that nothing is new where nothing is; where something is new, it says so but less
 * than once in 10^10 pages of 64 after ten million records. Not for several threads.
 */
final class SeenIds {
    private static final int MOST_EXACTLY = 1 << 17;
    private static final int SIZE = 1 << 25;
    private static final int BITS_PER_ID = 4;

    /** A hash table without chains; 0 is an empty place. At most half full. */
    private long[] exactly = new long[1 << 10];

    private int count;
    private long[] bits = {};
    private int bitsSet;

    /** Takes the records in; returns how many of them are new, about. */
    int add(RawPage page) {
        return add(page.hashes());
    }

    /** Takes the {@link #hash}es of ids in; returns how many of them are new, about. */
    int add(long[] hashes) {
        double before = distinct();
        int setBefore = bitsSet;
        int fresh = 0;
        for (long hash : hashes) {
            if (add(hash)) {
                fresh++;
            }
        }
        if (bits.length == 0 || fresh == 0 || setBefore == 0) {
            return fresh;
        }
        // of many ids, most have all of their bits set by others
        return Math.clamp((long) Math.ceil(distinct() - before), fresh, hashes.length);
    }

    /** How many ids the filter has taken in, by how many of its bits are set. */
    private double distinct() {
        return -(double) SIZE
                / BITS_PER_ID
                * Math.log(1 - Math.min(bitsSet, SIZE - 1) / (double) SIZE);
    }

    private boolean add(long hash) {
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
            if ((bits[bit >>> 6] & 1L << bit) == 0) {
                bits[bit >>> 6] |= 1L << bit;
                bitsSet++;
                fresh = true;
            }
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
