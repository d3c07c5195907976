package io.tidemark.sink.store;

/**
 * What can be told of a file without reading it.
 *
 * @param bytes its size
 * @param version changes whenever the file does: its size, times and identity, in words of the
 *     store
 * @param regular whether it is a file, and not a directory or something else
 */
public record Stat(long bytes, String version, boolean regular) {}
