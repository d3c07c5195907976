package io.tidemark.sink;

/** How closely a sink looks whether windows still stand there as their receipts say. */
public enum Thoroughness {
    /**
     * What costs next to nothing a window: that files are there and how large they are; in a table,
     * how many rows start within each window.
     */
    GLANCE,
    /**
     * All that was written is read again: hashes and records of files; in a table, the keys of the
     * rows that start within each window.
     */
    EVERY_BYTE
}
