package io.tidemark.job;

import io.tidemark.window.Feed;

/** One line under {@code functions}. */
public sealed interface FeedSelector {

    /** Exactly this one, by any of its spellings; asked for without looking it up in a list. */
    record Exactly(String spelling) implements FeedSelector {
        @Override
        public boolean matches(Feed feed) {
            return feed.spellings().contains(spelling);
        }

        @Override
        public String toString() {
            return spelling;
        }
    }

    /**
     * Every feed whose name, {@code package:name}, fits. {@code *} stands for any characters,
     * {@code ?} for one; {@code "*"} alone means all.
     */
    record Glob(String pattern) implements FeedSelector {
        @Override
        public boolean matches(Feed feed) {
            return pattern.equals("*") || matches(feed.name());
        }

        /** Goes back to the last star only, so that many stars cost no more than one. */
        private boolean matches(String name) {
            int star = -1;
            int nameAtStar = 0;
            int p = 0;
            int n = 0;
            while (n < name.length()) {
                if (p < pattern.length() && pattern.charAt(p) == '*') {
                    star = p++;
                    nameAtStar = n;
                } else if (p < pattern.length()
                        && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
                    p++;
                    n++;
                } else if (star >= 0) {
                    p = star + 1;
                    n = ++nameAtStar;
                } else {
                    return false;
                }
            }
            return pattern.substring(p).chars().allMatch(c -> c == '*');
        }

        @Override
        public String toString() {
            return pattern;
        }
    }

    boolean matches(Feed feed);

    /** A whole URN, or else a glob. */
    static FeedSelector of(String text) {
        return text.startsWith("urn:") && !text.contains("*") && !text.contains("?")
                ? new Exactly(text)
                : new Glob(text);
    }
}
