package io.tidemark.spec;

import io.tidemark.invocation.FunctionUrn;
import java.util.regex.Pattern;

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
            return pattern.equals("*") || regex().matcher(other.qualifiedName()).matches();
        }

        private Pattern regex() {
            StringBuilder regex = new StringBuilder();
            for (char c : pattern.toCharArray()) {
                switch (c) {
                    case '*' -> regex.append(".*");
                    case '?' -> regex.append('.');
                    default -> regex.append(Pattern.quote(String.valueOf(c)));
                }
            }
            return Pattern.compile(regex.toString());
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
