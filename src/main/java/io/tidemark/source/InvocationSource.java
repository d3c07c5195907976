package io.tidemark.source;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.spec.SourceSpec;
import java.util.List;
import java.util.Optional;

/**
 * The door to the API the records come from. One for a run: all its threads share it, and with it
 * one budget of requests and one token.
 *
 * <p>Every question is repeated as often as {@link Patience} allows before it fails, and waits as
 * long as the budget wants. An interrupt ends any wait: the answer is then {@link Failure.Stopped}.
 */
public interface InvocationSource extends AutoCloseable {

    /** Connects to nothing yet. */
    static InvocationSource open(SourceSpec.Cloud cloud, SourceSpec spec) {
        return open(cloud, spec, Patience.USUAL);
    }

    /**
     * @param cloud where to ask: the job's origin, or the sandbox that was started for it
     * @param spec whose budget of requests holds
     */
    static InvocationSource open(SourceSpec.Cloud cloud, SourceSpec spec, Patience patience) {
        return CloudSource.open(
                cloud, spec.requestsPerSecond(), spec.connections(), patience, Clockwork.REAL);
    }

    /** All functions of the project, each once, sorted. */
    Answer<List<FunctionUrn>> functions();

    /** One page; where the next one is, {@link Paging} knows. */
    Answer<Page> page(PageRequest request);

    /**
     * Whether the source keeps records of the function at all ("asynchronous invocation status
     * persistence"); empty where it does not say. Tells "nothing happened" from "nothing was
     * recorded".
     */
    Answer<Optional<Boolean>> recordsStatuses(FunctionUrn function);

    /** Breaks off what is in flight. */
    @Override
    void close();
}
