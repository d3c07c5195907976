package io.tidemark.ledger;

/**
 * A record that was still going to change when its window was exported.
 *
 * @param state the word for how far it had come
 */
public record OpenRecord(String id, String state) {}
