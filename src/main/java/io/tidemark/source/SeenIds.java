package io.tidemark.source;

/**
 * Tells which request ids were seen before, in bounded memory (a Bloom filter of four bits an id).
 *
 * <p>It may take a new id for a seen one, never the other way round. Within a slice that matters
 * only where it happens to all the records of a page: at ten million records before, less than once
 * in 10^10 pages of 64. Not for several threads.
 */
public final class SeenIds {
    private static final int LEAST_BITS = 1 << 24;
    private static final int MOST_BITS = 1 << 29;
    private static final int BITS_PER_ID = 4;
    private static final int ROOM_PER_ID = 64;

    private final int size;
    private final long[] bits;

    /** For the ids of a slice, however many there are: 2 MiB. */
    public SeenIds() {
        this(0);
    }

    /**
     * For telling single ids: with so many or fewer, one in 70,000 new ids is taken for a seen one.
     *
     * @param expected takes 8 bytes each, up to 64 MiB in all; with more, more are mistaken
     */
    public SeenIds(long expected) {
        long wanted = Math.clamp(expected * ROOM_PER_ID, LEAST_BITS, MOST_BITS);
        this.size = (int) Math.min(MOST_BITS, Long.highestOneBit(2 * wanted - 1));
        this.bits = new long[size / Long.SIZE];
    }

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

    /** Takes an id in; returns whether it is new. */
    public boolean add(String id) {
        boolean fresh = !contains(id);
        long hash = hash(id);
        int step = (int) (hash >>> 32) | 1;
        int at = (int) hash;
        for (int i = 0; i < BITS_PER_ID; i++, at += step) {
            int bit = at & size - 1;
            bits[bit >>> 6] |= 1L << bit;
        }
        return fresh;
    }

    public boolean contains(String id) {
        long hash = hash(id);
        int step = (int) (hash >>> 32) | 1;
        int at = (int) hash;
        for (int i = 0; i < BITS_PER_ID; i++, at += step) {
            int bit = at & size - 1;
            if ((bits[bit >>> 6] & 1L << bit) == 0) {
                return false;
            }
        }
        return true;
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
