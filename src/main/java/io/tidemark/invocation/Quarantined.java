package io.tidemark.invocation;

/**
 * A record that could not be normalised: neither dropped nor exported, but kept as it came.
 *
 * @param raw the record as the source wrote it, JSON; characters that no database holds stay
 *     escaped
 * @param reason one sentence for a person: what is wrong with which field
 */
public record Quarantined(String raw, String reason) {}
