package io.tidemark.stage;

/**
 * How much heap sorting one stage may take, about; what does not fit waits in files beside the
 * stage. Estimated from the sizes of the records, and never less than a few of the largest ones.
 *
 * @param bytes greater than 0
 */
public record SortMemory(long bytes) {
    public SortMemory {
        if (bytes <= 0) {
            throw new IllegalArgumentException("no memory to sort in: " + bytes);
        }
    }

    public static SortMemory ofMegabytes(int megabytes) {
        return new SortMemory(megabytes * 1024L * 1024L);
    }

    SortMemory share(int parts, int of) {
        return new SortMemory(Math.max(1, bytes / of * parts));
    }
}
