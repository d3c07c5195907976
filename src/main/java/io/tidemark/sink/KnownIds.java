package io.tidemark.sink;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Which request ids there are, in eight bytes each: all are added before the first is asked for.
 */
final class KnownIds {
    private final MessageDigest sha256 = Sha256.digest();
    private final long[] hashes;
    private int size;
    private boolean sorted;

    /**
     * @param ids how many there will be
     */
    KnownIds(long ids) {
        this.hashes = new long[Math.toIntExact(ids)];
    }

    void add(String id) {
        hashes[size++] = hash(id);
        sorted = false;
    }

    boolean contains(String id) {
        if (!sorted) {
            Arrays.sort(hashes, 0, size);
            sorted = true;
        }
        return Arrays.binarySearch(hashes, 0, size, hash(id)) >= 0;
    }

    /** Two of a billion ids have the same one with a chance of one in forty. */
    private long hash(String id) {
        return ByteBuffer.wrap(sha256.digest(id.getBytes(StandardCharsets.UTF_8))).getLong();
    }
}
