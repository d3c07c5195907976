package io.tidemark.run;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.plan.Plan;
import io.tidemark.plan.Warning;
import io.tidemark.source.Answer;
import io.tidemark.source.Failure;
import io.tidemark.source.InvocationSource;
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
public final class Persistence {
    private static final Logger LOG = LoggerFactory.getLogger(Persistence.class);

    private final InvocationSource source;
    private final Map<FunctionUrn, Boolean> off = new TreeMap<>();
    private boolean mute;

    public Persistence(InvocationSource source) {
        this.source = source;
    }

    /** Whether the source says that it records nothing of the function. */
    synchronized boolean isOff(FunctionUrn function) {
        return off.computeIfAbsent(function, this::ask);
    }

    /** What was found out for a plan is not asked again. */
    synchronized void believe(Plan plan) {
        plan.actions().stream()
                .filter(action -> action.estimate().records().isPresent())
                .forEach(action -> off.put(action.window().function(), false));
        for (Warning warning : plan.warnings()) {
            if (warning instanceof Warning.PersistenceOff(FunctionUrn function)) {
                off.put(function, true);
            }
        }
    }

    /** One for each function that is known to be off. */
    synchronized List<Warning> warnings() {
        return off.entrySet().stream()
                .filter(Map.Entry::getValue)
                .<Warning>map(known -> new Warning.PersistenceOff(known.getKey()))
                .toList();
    }

    private boolean ask(FunctionUrn function) {
        if (mute) {
            return false;
        }
        return switch (source.recordsStatuses(function)) {
            case Answer.Ok<Optional<Boolean>>(Optional<Boolean> records) ->
                    records.isPresent() && !records.get();
            case Answer.Failed<Optional<Boolean>>(Failure failure) -> {
                LOG.warn("whether persistence is on is not known: {}", failure.message());
                // what is denied or down for one function is so for all: not five hundred times
                mute = !(failure instanceof Failure.Rejected);
                yield false;
            }
        };
    }
}
