package io.tidemark.source.functiongraph;

import io.tidemark.source.http.Outcome;
import io.tidemark.source.http.Trouble;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the source records what functions do at all, asked when it matters and at most once for
 * each. Where the source cannot be asked, it is taken to record.
 */
final class Persistence {
    /** Why nothing that is listed proves nothing. */
    static final String OFF =
            "persistence is off: nothing is recorded, so that an empty window proves nothing";

    private static final Logger LOG = LoggerFactory.getLogger(Persistence.class);

    private final Api api;
    private final Map<FunctionUrn, Boolean> off = new TreeMap<>();
    private boolean mute;

    Persistence(Api api) {
        this.api = api;
    }

    /** Whether the source says that it records nothing of the function. */
    synchronized boolean isOff(FunctionUrn function) {
        return off.computeIfAbsent(function, this::ask);
    }

    /** Records of the function were seen: that need not be asked. */
    synchronized void isOn(FunctionUrn function) {
        off.put(function, false);
    }

    /** The functions of which the source is known by now to record nothing, sorted. */
    synchronized List<FunctionUrn> known() {
        return off.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
    }

    private boolean ask(FunctionUrn function) {
        if (mute) {
            return false;
        }
        return switch (api.recordsStatuses(function)) {
            case Outcome.Ok<Optional<Boolean>>(Optional<Boolean> records) ->
                    records.isPresent() && !records.get();
            case Outcome.Failed<Optional<Boolean>>(Trouble trouble) -> {
                LOG.warn("whether persistence is on is not known: {}", trouble.message());
                // what is denied or down for one function is so for all: not five hundred times
                mute = trouble.kind() != Trouble.Kind.REJECTED;
                yield false;
            }
        };
    }
}
