package io.tidemark.source;

import io.tidemark.job.SourceSpec;
import io.tidemark.record.Schema;
import io.tidemark.source.functiongraph.FunctionGraph;
import io.tidemark.window.Feed;
import java.time.InstantSource;
import java.util.List;

/** The door of this room: from what a job file says under {@code source} to the source it means. */
public final class Sources {
    private Sources() {}

    /** What the records of the source look like. Asks nobody. */
    public static Schema schema(SourceSpec spec) {
        return FunctionGraph.SCHEMA;
    }

    /**
     * The feed with an id that was kept. Asks nobody.
     *
     * @throws IllegalArgumentException where it is the id of no feed of such a source
     */
    public static Feed feed(SourceSpec spec, String id) {
        return FunctionGraph.feed(id);
    }

    /**
     * Connects to nothing yet.
     *
     * @param server where to ask: the job's origin, or the sandbox that was started for it
     * @param spec what to ask for, and how fast
     */
    public static Source open(SourceSpec.Cloud server, SourceSpec spec, InstantSource clock) {
        return FunctionGraph.open(server, spec, clock);
    }

    /** What a person should know before anything is sent to the server; sentences. */
    public static List<String> warnings(SourceSpec.Cloud server) {
        return FunctionGraph.warnings(server);
    }
}
