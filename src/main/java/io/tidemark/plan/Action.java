package io.tidemark.plan;

import io.tidemark.window.Estimate;
import io.tidemark.window.Window;
import java.util.List;
import java.util.Locale;

/**
 * What would be done to one window, and why.
 *
 * @param cause what makes it necessary; decides
 * @param attempt which attempt at the window this would be; for republish and unchanged, the one
 *     that stands
 * @param reason the cause as one sentence for a person; explains and decides nothing
 * @param sinks for republish, the ids of the sinks that differ; else empty, which means all
 * @param estimate what it would take
 */
public record Action(
        Cause cause,
        Window window,
        int attempt,
        String reason,
        List<String> sinks,
        Estimate estimate) {
    public Action {
        sinks = List.copyOf(sinks);
        if (sinks.isEmpty() == (cause.kind() == Kind.REPUBLISH)) {
            throw new IllegalArgumentException("sinks are named to republish: " + cause);
        }
    }

    public Kind kind() {
        return cause.kind();
    }

    public Action with(Estimate better) {
        return new Action(cause, window, attempt, reason, sinks, better);
    }

    /** The choices, with the sign people read them by. */
    public enum Kind {
        /** Never exported: read it. */
        EXPORT("+"),
        /** An attempt was interrupted: go on with it. */
        RESUME(">"),
        /** Exported, and out of date: read it again. */
        UPDATE("~"),
        /** Exported, and a sink lacks it or no longer agrees. */
        REPUBLISH("!"),
        /** Exported and fine. */
        UNCHANGED("=");

        private final String sign;

        Kind(String sign) {
            this.sign = sign;
        }

        public String sign() {
            return sign;
        }

        /** Whether the source is asked for the window's records. */
        public boolean readsSource() {
            return switch (this) {
                case EXPORT, RESUME, UPDATE -> true;
                case REPUBLISH, UNCHANGED -> false;
            };
        }

        /** As plans and JSON write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What makes an action necessary. */
    public enum Cause {
        NEVER_EXPORTED(Kind.EXPORT),
        /** An attempt was interrupted or failed. */
        UNFINISHED(Kind.RESUME),
        /** The job file says otherwise than when the window was exported. */
        JOB_CHANGED(Kind.UPDATE),
        /** The numbers did not agree. */
        INCOMPLETE(Kind.UPDATE),
        /** Records were still waiting or running, and may have changed since. */
        OPEN_RECORDS(Kind.UPDATE),
        /** Records were open, and a sink differs: a look at the records alone would not heal it. */
        OPEN_RECORDS_AND_SINKS_DIFFER(Kind.UPDATE),
        /** Records may have been waiting or running, where the job asks for other statuses only. */
        OPEN_RECORDS_UNSEEN(Kind.UPDATE),
        SINKS_DIFFER(Kind.REPUBLISH),
        FINE(Kind.UNCHANGED);

        private final Kind kind;

        Cause(Kind kind) {
            this.kind = kind;
        }

        public Kind kind() {
            return kind;
        }
    }
}
