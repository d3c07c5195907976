package io.tidemark.plan;

import io.tidemark.window.Window;

/**
 * What would be done to one window, and why.
 *
 * @param generation which reading of the window this would be
 * @param reason one sentence for a person; explains and decides nothing
 * @param estimate what it would take
 */
public record Action(Kind kind, Window window, int generation, String reason, Estimate estimate) {

    /** The choices, with the sign people read them by. */
    public enum Kind {
        /** Never exported: read it. */
        EXPORT("+"),
        /** A reading has begun: go on with it. */
        RESUME(">"),
        /** Exported, and out of date: read it again. */
        REFRESH("~"),
        /** Exported, and a sink lacks it or no longer agrees. */
        REPUBLISH("!"),
        /** Exported and fine. */
        KEEP("=");

        private final String sign;

        Kind(String sign) {
            this.sign = sign;
        }

        public String sign() {
            return sign;
        }

        /** As plans and JSON write it. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
