package io.tidemark.job;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Did you mean ...? */
final class Nearest {
    private Nearest() {}

    /** The candidate that the text is most likely a slip of; capitals do not count. */
    static Optional<String> to(String text, Collection<String> candidates) {
        int tolerance = Math.clamp(text.length() / 3, 1, 5);
        return candidates.stream()
                .filter(candidate -> Math.abs(candidate.length() - text.length()) <= tolerance)
                .map(candidate -> Map.entry(distance(text, candidate), candidate))
                .filter(candidate -> candidate.getKey() <= tolerance)
                .min(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue);
    }

    static String question(String candidate) {
        return "did you mean " + candidate + "?";
    }

    /** Letters to insert, remove or replace (Levenshtein). */
    private static int distance(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
