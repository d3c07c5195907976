package io.tidemark.source;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps what must not be seen out of words that come from elsewhere. */
final class Secrets {
    private static final int LONGEST = 300;

    private final Set<String> known = ConcurrentHashMap.newKeySet();

    void add(String secret) {
        if (!secret.isBlank()) {
            known.add(secret);
        }
    }

    /** One line, cut, of visible characters, and without any secret a source may echo. */
    String quotable(String words) {
        String text = words;
        for (String secret : known) {
            text = text.replace(secret, "********");
        }
        text = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Z}]+", " ").strip();
        return text.codePointCount(0, text.length()) > LONGEST
                ? text.substring(0, text.offsetByCodePoints(0, LONGEST)) + "..."
                : text;
    }
}
