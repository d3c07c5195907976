package io.tidemark.source.http;

import java.util.Optional;

/**
 * What was asked for, for messages and for deciding how far a failure reaches.
 *
 * @param what in words, such as {@code the list of functions}
 * @param subject the one thing of many that it was about; empty where it was about all of them
 * @param where within that, in words that follow, such as {@code between ... at marker 0}; may be
 *     empty
 * @param server what the job file calls the server that was asked
 */
public record Asked(String what, Optional<String> subject, String where, String server) {
    private static final String SOURCE = "source.endpoint";
    private static final String IDENTITY_SERVICE = "source.auth.password.iam";

    static Asked identityService(String what) {
        return new Asked(what, Optional.empty(), "", IDENTITY_SERVICE);
    }

    /** Of the source, about all of it. */
    public static Asked source(String what, String where) {
        return new Asked(what, Optional.empty(), where, SOURCE);
    }

    /** Of the source, about one thing. */
    public static Asked source(String what, String subject, String where) {
        return new Asked(what, Optional.of(subject), where, SOURCE);
    }

    @Override
    public String toString() {
        return what + subject.map(" of "::concat).orElse("") + where;
    }
}
