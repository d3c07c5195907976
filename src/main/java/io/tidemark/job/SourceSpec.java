package io.tidemark.job;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where records come from, which of them, and how fast they may be asked for.
 *
 * @param functions what the functions of the job are picked by; at least one
 * @param statuses the source's words for the statuses to export; empty means all. In the order of
 *     {@link #STATUSES}, each once
 * @param pageSize records asked for at once, 1 to 500
 * @param requestsPerSecond the budget of the whole run; empty means as fast as the source answers
 * @param connections requests in flight at most, at least 1
 */
public record SourceSpec(
        Origin origin,
        List<FeedSelector> functions,
        List<String> statuses,
        int pageSize,
        OptionalDouble requestsPerSecond,
        int connections) {
    /** The words that may be asked for, in the order an invocation goes through them. */
    public static final List<String> STATUSES =
            List.of("WAIT", "RUNNING", "SUCCESS", "FAIL", "DISCARD");

    private static final List<String> OPEN = List.of("WAIT", "RUNNING");

    public SourceSpec {
        functions = List.copyOf(functions);
        statuses = STATUSES.stream().filter(statuses::contains).toList();
        if (functions.isEmpty()
                || pageSize < 1
                || pageSize > 500
                || !(requestsPerSecond.orElse(1) > 0)
                || connections < 1) {
            throw new IllegalArgumentException("not a source that can be asked");
        }
    }

    /** Whether records that are still going to change are not asked for, so that none is seen. */
    public boolean hidesOpenRecords() {
        return !statuses.isEmpty() && !statuses.containsAll(OPEN);
    }

    /** The server to ask. */
    public sealed interface Origin {
        /** What is known of the server is known under this name. */
        String name();
    }

    /**
     * A FunctionGraph endpoint.
     *
     * @param endpoint http or https, without a trailing slash
     * @param project the project's id, a part of every path
     */
    public record Cloud(URI endpoint, String project, Auth auth) implements Origin {
        @Override
        public String name() {
            return endpoint.toString();
        }
    }

    /**
     * The bundled API server, started in this process.
     *
     * @param until what the server takes for now; empty means the clock's now
     */
    public record BundledSandbox(
            int functions, long records, int days, long seed, Optional<Instant> until)
            implements Origin {
        @Override
        public String name() {
            return "the bundled sandbox";
        }
    }

    /** How requests prove who asks. */
    public sealed interface Auth {}

    public record Token(Secret token) implements Auth {}

    /**
     * @param iam the identity service, without a trailing slash
     */
    public record Password(URI iam, String domain, String user, Secret password) implements Auth {}

    /**
     * @param securityToken present for temporary keys
     */
    public record AccessKey(Secret accessKey, Secret secretKey, Optional<Secret> securityToken)
            implements Auth {}
}
