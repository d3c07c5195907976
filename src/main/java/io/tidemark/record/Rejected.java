package io.tidemark.record;

/**
 * A record that could not be normalised: neither dropped nor exported, but quarantined as it came.
 *
 * @param raw the record as the source wrote it; characters that no database holds stay escaped
 * @param reason one sentence for a person: what is wrong with which field
 */
public record Rejected(String raw, String reason) {}
