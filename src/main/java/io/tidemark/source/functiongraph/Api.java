package io.tidemark.source.functiongraph;

import io.tidemark.source.http.Outcome;
import java.util.List;
import java.util.Optional;

/** The three questions of FunctionGraph that are asked. */
interface Api extends AutoCloseable {

    /** One page; where the next one is, {@link Paging} knows. */
    Outcome<RawPage> page(PageRequest request);

    /** The most records this source ever gave at once: less than was asked for where it clamps. */
    int fullPage();

    /** All functions of the project, each once, sorted. */
    Outcome<List<FunctionUrn>> functions();

    /**
     * Whether the source keeps records of the function at all ("asynchronous invocation status
     * persistence"); empty where it does not say. Tells "nothing happened" from "nothing was
     * recorded".
     */
    Outcome<Optional<Boolean>> recordsStatuses(FunctionUrn function);

    /** Breaks off what is in flight. */
    @Override
    void close();
}
