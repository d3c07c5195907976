package io.tidemark.source;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.job.SourceSpec;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        Patience patience =
                Patience.USUAL.within(Runtime.getRuntime().maxMemory(), spec.connections());
        return open(cloud, spec, patience);
    }

    /**
     * @param cloud where to ask: the job's origin, or the sandbox that was started for it
     * @param spec whose budget of requests holds
     */
    static InvocationSource open(SourceSpec.Cloud cloud, SourceSpec spec, Patience patience) {
        return CloudSource.open(
                cloud,
                spec.requestsPerSecond(),
                spec.connections(),
                patience,
                Proxies.ofThisProcess(),
                Clockwork.real());
    }

    /**
     * What a person should know before anything is sent there: a sentence for each server that is
     * asked in plain HTTP over the network, where everybody on the way reads token, password and
     * records. It is not refused: the endpoint is the user's choice, and behind a gateway of one's
     * own it may be right.
     */
    static List<String> warnings(SourceSpec.Cloud cloud) {
        Map<String, URI> servers = new LinkedHashMap<>();
        servers.put("source.endpoint", cloud.endpoint());
        if (cloud.auth() instanceof SourceSpec.Password password) {
            servers.put("source.auth.password.iam", password.iam());
        }
        servers.values()
                .removeIf(server ->
                        server.getScheme().equalsIgnoreCase("https") || Loopback.isIn(server));
        return servers.keySet().stream()
                .map(key ->
                        key
                                + " is http://: whoever is on the way reads credentials and records;"
                                + " use https://")
                .toList();
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
