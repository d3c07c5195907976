package io.tidemark.sink.file;

import io.tidemark.sink.Sha256;
import io.tidemark.window.Feed;
import io.tidemark.window.Window;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the file of a window stands below the sink's path: {@code
 * function=<package>.<name>.<version>/date=<day>/<from>_<to>.<extension>}, which readers of
 * partitioned trees understand.
 *
 * @param feedWord what users call a feed
 * @param zone in which {@code date} is the day the window begins on; the bounds are UTC
 */
record FileLayout(String feedWord, ZoneId zone) {
    /** What the file systems in use hold in one name, in bytes. */
    private static final int LONGEST_NAME = 255;

    private static final int HASH_DIGITS = 32;

    private static final DateTimeFormatter BOUND =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    /** Relative to the sink's path, with {@code /} between its parts. */
    String place(Window window, String extension) {
        return "%s/date=%s/%s_%s.%s"
                .formatted(
                        directory(window.feed()),
                        window.from().atZone(zone).toLocalDate(),
                        BOUND.format(window.from()),
                        BOUND.format(window.to()),
                        extension);
    }

    /**
     * Two feeds whose files would stand in one directory, in words; the names of directories say
     * neither region nor project.
     *
     * @param caseCounts whether the file system tells capitals from small letters
     */
    Optional<String> clash(Collection<Feed> feeds, boolean caseCounts) {
        Map<String, Feed> owners = new HashMap<>();
        for (Feed feed : feeds) {
            String directory = directory(feed);
            Feed owner =
                    owners.putIfAbsent(
                            caseCounts ? directory : directory.toLowerCase(Locale.ROOT), feed);
            if (owner != null && !owner.equals(feed)) {
                return Optional.of(
                        Stream.of(owner, feed)
                                .map(Feed::id)
                                .sorted()
                                .collect(Collectors.joining(" and ")));
            }
        }
        return Optional.empty();
    }

    /**
     * A name too long for a file system is cut and ends in {@code ~} and the first half of its
     * SHA-256. No other name has a {@code ~} in it, so a cut name is never that of another feed.
     */
    private String directory(Feed feed) {
        String name =
                feedWord
                        + "="
                        + feed.path().stream()
                                .map(FileLayout::encoded)
                                .collect(Collectors.joining("."));
        if (name.length() <= LONGEST_NAME) {
            return name;
        }
        int cut = LONGEST_NAME - 1 - HASH_DIGITS;
        int escape = name.lastIndexOf('%', cut - 1);
        if (escape > cut - "%00".length()) {
            cut = escape;
        }
        String hash = Sha256.hex(Sha256.digest().digest(name.getBytes(StandardCharsets.UTF_8)));
        return name.substring(0, cut) + "~" + hash.substring(0, HASH_DIGITS);
    }

    private static String encoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= '0' && b <= '9') {
                encoded.append((char) b);
            } else if (b == '_' || b == '-') {
                encoded.append((char) b);
            } else {
                encoded.append(String.format(Locale.ROOT, "%%%02X", b));
            }
        }
        return encoded.toString();
    }
}
