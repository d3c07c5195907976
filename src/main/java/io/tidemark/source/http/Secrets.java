package io.tidemark.source.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps what must not be seen out of words that come from elsewhere. */
final class Secrets {
    private static final int LONGEST = 300;

    private final Set<String> known = ConcurrentHashMap.newKeySet();

    void add(String secret) {
        if (!secret.isBlank()) {
            known.addAll(forms(secret));
        }
    }

    /** As it is, and as others write it in URLs, JSON and headers. */
    private static List<String> forms(String secret) {
        String base64 =
                Base64.getEncoder()
                        .withoutPadding()
                        .encodeToString(secret.getBytes(StandardCharsets.UTF_8));
        return List.of(
                secret,
                Percent.encode(secret),
                URLEncoder.encode(secret, StandardCharsets.UTF_8),
                secret.replace("\\", "\\\\").replace("\"", "\\\""),
                secret.replace("/", "\\/"),
                base64,
                base64.replace('+', '-').replace('/', '_'));
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
