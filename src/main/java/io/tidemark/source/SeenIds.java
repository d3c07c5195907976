package io.tidemark.source;

/**
 * Tells how many records of a page were not seen before in its slice, in 2 MiB however many there
 * are (a Bloom filter of four bits an id).
 *
 * <p>It may take a new record for a seen one, never the other way round. That matters only where it
 * happens to all the records of a page: at ten million records before, less than once in 10^10
 * pages of 64. One for each slice; not for several threads.
 */
public final class SeenIds {
    private static final int BITS = 1 << 24;
    private static final int BITS_PER_ID = 4;

    private final long[] bits = new long[BITS / Long.SIZE];

    /** Takes the records in; returns how many of them are new. */
    public int add(Page page) {
        int fresh = 0;
        for (RawInvocation record : page.records()) {
            String id = record.requestId();
            // what has no id is still something new, or is not
            if (add(id == null || id.isEmpty() ? record.json().text() : id)) {
                fresh++;
            }
        }
        return fresh;
    }

    private boolean add(String id) {
        long hash = hash(id);
        int step = (int) (hash >>> 32) | 1;
        int at = (int) hash;
        boolean fresh = false;
        for (int i = 0; i < BITS_PER_ID; i++, at += step) {
            int bit = at & BITS - 1;
            long mask = 1L << bit;
            fresh |= (bits[bit >>> 6] & mask) == 0;
            bits[bit >>> 6] |= mask;
        }
        return fresh;
    }

    /** FNV-1a over the characters, then the finaliser of MurmurHash3, so that every bit counts. */
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }
}
