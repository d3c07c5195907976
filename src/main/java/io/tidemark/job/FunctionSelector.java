package io.tidemark.job;

import io.tidemark.invocation.FunctionUrn;

/** One line under {@code functions}. */
public sealed interface FunctionSelector {

    /** Exactly this function; it is asked for without looking it up in the list of functions. */
    record Exactly(FunctionUrn urn) implements FunctionSelector {
        @Override
        public boolean matches(FunctionUrn other) {
            return urn.equals(other);
        }

        @Override
        public String toString() {
            return urn.toString();
        }
    }

    /**
     * Every function whose {@code package:name} fits. {@code *} stands for any characters, {@code
     * ?} for one; {@code "*"} alone means all.
     */
    record Glob(String pattern) implements FunctionSelector {
        @Override
        public boolean matches(FunctionUrn other) {
            return pattern.equals("*") || matches(other.qualifiedName());
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

    boolean matches(FunctionUrn other);

    /** A whole URN, or else a glob. */
    static FunctionSelector of(String text) {
        return FunctionUrn.parse(text)
                .<FunctionSelector>map(Exactly::new)
                .orElseGet(() -> new Glob(text));
    }
}
