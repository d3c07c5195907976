package io.tidemark.source;

/**
 * All a source needs to go on behind a page: its own words, which nobody else reads.
 *
 * @param text at most some thousand characters
 */
public record Checkpoint(String text) {}
