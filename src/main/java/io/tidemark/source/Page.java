package io.tidemark.source;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One answer of the source.
 *
 * @param next where the source says the next page starts; what that means is {@link Paging}'s
 * @param count the source's {@code count}: the records of the whole question, or only of this page;
 *     empty where it gives none
 * @param fullPage rows of a full page, as far as this source has shown: the most it ever gave at
 *     once, this page included. Less than what was asked for where the source clamps the limit
 */
public record Page(
        List<RawInvocation> records, Optional<Marker> next, OptionalLong count, int fullPage) {
    public Page {
        records = List.copyOf(records);
        if (fullPage < records.size()) {
            throw new IllegalArgumentException("a page that is fuller than full");
        }
    }

    /** The record with this id, which the source may have been asked for and not have heeded. */
    public Optional<RawInvocation> record(String requestId) {
        return records.stream().filter(record -> requestId.equals(record.requestId())).findFirst();
    }

    /**
     * Tells whether a page that is read again is the page that was seen: equal for the same request
     * ids, in whatever order and state. 64 hexadecimal digits.
     */
    public String fingerprint() {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
        records.stream()
                .map(record -> record.requestId() == null ? "" : record.requestId())
                .sorted()
                .forEach(id -> {
                    digest.update(id.getBytes(StandardCharsets.UTF_8));
                    digest.update((byte) 0);
                });
        return HexFormat.of().formatHex(digest.digest());
    }
}
