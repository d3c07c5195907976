package io.tidemark.cli;

import static java.util.Comparator.naturalOrder;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Holder;
import io.tidemark.ledger.Lease;
import io.tidemark.ledger.Ledger;
import io.tidemark.ledger.State;
import io.tidemark.ledger.StateException;
import io.tidemark.ledger.StateLocation;
import io.tidemark.ledger.StateVersion;
import io.tidemark.plan.Difference;
import io.tidemark.plan.JobRange;
import io.tidemark.plan.JobSettings;
import io.tidemark.plan.Plan;
import io.tidemark.plan.Planner;
import io.tidemark.plan.PlanningException;
import io.tidemark.plan.SavedPlan;
import io.tidemark.run.Apply;
import io.tidemark.run.Estimator;
import io.tidemark.run.JobSource;
import io.tidemark.run.Persistence;
import io.tidemark.run.SinkComparison;
import io.tidemark.run.SourceWarnings;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.sink.Sinks;
import io.tidemark.sink.Thoroughness;
import io.tidemark.source.Answer;
import io.tidemark.source.Calibration;
import io.tidemark.source.Failure;
import io.tidemark.source.FunctionChoice;
import io.tidemark.job.JobSpec;
import io.tidemark.job.SinkSpec;
import io.tidemark.window.FilterMeaning;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A job with everything opened that a command needs. The source is asked and the sinks are checked
 * before any state is created, so that a job that cannot work leaves no trace.
 */
final class Session implements AutoCloseable {
    private final JobSpec job;
    private final StateLocation location;
    private final InstantSource clock;
    private final Instant asOf;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private @Nullable State state;
    private FilterMeaning meaning = FilterMeaning.ASSUMED;

    Session(JobSpec job, StateLocation location, InstantSource clock) {
        this.job = job;
        this.location = location;
        this.clock = clock;
        this.asOf = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    JobSpec job() {
        return job;
    }

    /** A plan, what the source is known to filter, and the state the plan was made on. */
    record Looked(Plan plan, FilterMeaning meaning, String stateLocation, StateVersion state) {}

    /** The plan as it is now; creates no state where there is none. */
    Looked look(PlanningOptions options) throws Refusal {
        JobSource source = openSource();
        List<FunctionUrn> functions = functions(source, options);
        if (!stateExists()) {
            Plan plan = plan(functions, options, source, Optional.empty(), List.of());
            return new Looked(plan, meaning, location.identity(), StateVersion.EMPTY);
        }
        Ledger ledger = openState("plan").ledger();
        Plan plan = plan(functions, options, source, Optional.of(ledger), openSinks());
        return new Looked(plan, meaning, location.identity(), ledger.version());
    }

    /** What an apply works with: its plan, and whoever makes it so. */
    record Prepared(
            Plan plan,
            FilterMeaning meaning,
            State state,
            Lease lease,
            JobSource source,
            List<Sink> sinks) {}

    /** Plans, and takes the lease. Sinks are checked where there is something to do. */
    Prepared prepare(PlanningOptions options) throws Refusal {
        JobSource source = openSource();
        List<FunctionUrn> functions = functions(source, options);
        List<Sink> sinks = openSinks();
        Optional<Plan> first = Optional.empty();
        if (!stateExists()) {
            first = Optional.of(plan(functions, options, source, Optional.empty(), sinks));
            check(sinks, first.get());
        }
        State state = openState("apply");
        Lease lease = lease(state);
        Ledger ledger = lease.ledger();
        FilterMeaning planned = meaning;
        learnMeaning(source, Optional.of(ledger), functions, List.of()); // from another job's state
        Plan plan;
        if (first.isPresent()
                && ledger.version().equals(StateVersion.EMPTY)
                && meaning.equals(planned)) {
            plan = first.get();
        } else {
            plan = plan(functions, options, source, Optional.of(ledger), sinks);
            check(sinks, plan);
        }
        return new Prepared(plan, remembered(ledger), state, lease, source, sinks);
    }

    /** Takes the lease for a plan that was saved, and refuses a stale one. */
    Prepared prepare(SavedPlan saved) throws Refusal {
        if (!stateExists()) {
            refuseStale(saved, StateVersion.EMPTY);
        }
        JobSource source = openSource();
        List<Sink> sinks = openSinks();
        State state = openState("apply");
        Lease lease = lease(state);
        refuseStale(saved, lease.ledger().version());
        Plan plan = saved.plan();
        check(sinks, plan);
        if (!plan.isEmpty()) {
            learnMeaning(
                    source,
                    Optional.of(lease.ledger()),
                    plan.actions().stream().map(action -> action.window().function()).toList(),
                    plan.actions().stream().map(action -> action.window().range()).toList());
        }
        return new Prepared(plan, remembered(lease.ledger()), state, lease, source, sinks);
    }

    /** Spring and its batch job, ready to work; closed by the caller. */
    Apply apply(Prepared prepared) {
        Log.to(location.workDirectory().resolve(job.name() + ".log"));
        return Apply.of(
                prepared.state(),
                prepared.lease(),
                job,
                prepared.source().source(),
                prepared.meaning(),
                prepared.sinks(),
                clock);
    }

    /** What an apply does beside its plan, for where there is nothing to do. */
    void clearAway(Prepared prepared) {
        if (Apply.isAnythingLeftBehind(prepared.state(), prepared.lease(), job)) {
            try (Apply apply = apply(prepared)) {
                apply.clearAway();
            }
        }
    }

    /** The exported windows of the job. */
    List<Entry> entriesToVerify() throws Refusal {
        if (!stateExists()) {
            throw noState(location, job);
        }
        return openState("verify").ledger().entries().stream()
                .filter(entry -> entry.exported().isPresent())
                .toList();
    }

    /** Compares every byte and key. */
    SortedMap<Window, List<Difference>> verify(List<Entry> entries) throws Refusal {
        return differences(
                openState("verify").ledger(), entries, openSinks(), Thoroughness.EVERY_BYTE);
    }

    @Override
    public void close() {
        for (AutoCloseable resource : opened.reversed()) {
            try {
                resource.close();
            } catch (Exception closedAllTheSame) {
                LoggerFactory.getLogger(Session.class)
                        .warn("closing {}", resource, closedAllTheSame);
            }
        }
        opened.clear();
        state = null;
    }

    private Plan plan(
            List<FunctionUrn> functions,
            PlanningOptions options,
            JobSource source,
            Optional<Ledger> ledger,
            List<Sink> sinks)
            throws Refusal {
        JobRange range = options.range.range(job.window(), asOf);
        List<Entry> entries = ledger.map(Ledger::entries).orElse(List.of());
        SortedMap<Window, List<Difference>> differences =
                ledger.isPresent() && options.refresh
                        ? differences(
                                ledger.get(),
                                inRange(entries, functions, range),
                                sinks,
                                Thoroughness.GLANCE)
                        : new TreeMap<>();
        learnMeaning(source, ledger, functions, options.refresh ? range.windows() : List.of());
        try {
            Plan plan =
                    new Planner(job, asOf, meaning).plan(functions, range, entries, differences);
            return options.refresh ? estimated(plan, source) : plan;
        } catch (PlanningException impossible) {
            throw new Refusal(impossible.getMessage());
        }
    }

    /**
     * What is remembered of the source's endpoint, by whichever job, else what it says now.
     *
     * @param windows to take records from; none: it is not asked
     */
    private void learnMeaning(
            JobSource source,
            Optional<Ledger> ledger,
            List<FunctionUrn> functions,
            List<TimeRange> windows)
            throws Refusal {
        Optional<FilterMeaning> known =
                ledger.flatMap(l -> l.meaning(job.source().origin().name()));
        if (known.isPresent()) {
            meaning = known.get();
        } else if (!meaning.proven() && !windows.isEmpty()) {
            meaning = ask(source, functions, windows);
        }
    }

    private FilterMeaning ask(
            JobSource source, List<FunctionUrn> functions, List<TimeRange> windows) throws Refusal {
        TimeRange span =
                new TimeRange(
                        windows.stream().map(TimeRange::from).min(naturalOrder()).orElseThrow(),
                        windows.stream().map(TimeRange::to).max(naturalOrder()).orElseThrow());
        Calibration calibration = new Calibration(source.source(), job.source().pageSize());
        return switch (calibration.ask(functions.stream().distinct().toList(), span)) {
            case Answer.Ok<FilterMeaning>(FilterMeaning found) -> found;
            case Answer.Failed<FilterMeaning>(Failure failure) ->
                    throw new Refusal(failure.message());
        };
    }

    /** What is known of the source, kept for the next time. */
    private FilterMeaning remembered(Ledger ledger) {
        String endpoint = job.source().origin().name();
        if (meaning.proven() && ledger.meaning(endpoint).isEmpty()) {
            ledger.remember(endpoint, meaning);
        }
        return meaning;
    }

    private Plan estimated(Plan plan, JobSource source) throws Refusal {
        Persistence persistence = new Persistence(source.source());
        Estimator estimator = new Estimator(source.source(), job.source(), meaning, persistence);
        return switch (estimator.estimate(plan)) {
            case Answer.Ok<Plan>(Plan estimated) ->
                    new SourceWarnings(source.source(), job.source(), persistence).warn(estimated);
            case Answer.Failed<Plan>(Failure failure) -> throw new Refusal(failure.message());
        };
    }

    private static List<Entry> inRange(
            List<Entry> entries, List<FunctionUrn> functions, JobRange range) {
        Set<FunctionUrn> ofFunctions = new HashSet<>(functions);
        Set<TimeRange> ofRange = new HashSet<>(range.windows());
        return entries.stream()
                .filter(entry -> ofFunctions.contains(entry.window().function()))
                .filter(entry -> ofRange.contains(entry.window().range()))
                .toList();
    }

    private static SortedMap<Window, List<Difference>> differences(
            Ledger ledger, List<Entry> entries, List<Sink> sinks, Thoroughness thoroughness)
            throws Refusal {
        try {
            return new SinkComparison(ledger, sinks).differences(entries, thoroughness);
        } catch (SinkException cannot) {
            throw new Refusal(cannot.getMessage());
        }
    }

    private void refuseStale(SavedPlan saved, StateVersion now) throws Refusal {
        Optional<String> refusal = saved.refusal(JobSettings.of(job), location.identity(), now);
        if (refusal.isPresent()) {
            throw new Refusal(refusal.get());
        }
    }

    private JobSource openSource() {
        return opened(JobSource.open(job.source(), clock));
    }

    private List<Sink> openSinks() {
        List<Sink> sinks = new ArrayList<>();
        for (SinkSpec spec : job.sinks()) {
            sinks.add(opened(Sinks.open(spec, job.name(), job.window().zone())));
        }
        return sinks;
    }

    private List<FunctionUrn> functions(JobSource source, PlanningOptions options) throws Refusal {
        return switch (FunctionChoice.choose(
                source.source(), job.source().functions(), options.range.functions())) {
            case Answer.Ok<FunctionChoice>(FunctionChoice choice) -> {
                if (choice.refusal().isPresent()) {
                    throw new Refusal(choice.refusal().get());
                }
                yield choice.functions();
            }
            case Answer.Failed<FunctionChoice>(Failure failure) ->
                    throw new Refusal(failure.message());
        };
    }

    private static void check(List<Sink> sinks, Plan plan) throws Refusal {
        if (plan.isEmpty()) {
            return;
        }
        Set<FunctionUrn> functions =
                plan.actions().stream()
                        .map(action -> action.window().function())
                        .collect(Collectors.toSet());
        for (Sink sink : sinks) {
            try {
                sink.check(functions);
            } catch (SinkException cannot) {
                throw new Refusal(cannot.getMessage());
            }
        }
    }

    private boolean stateExists() throws Refusal {
        try {
            return State.exists(location, job.name());
        } catch (StateException failure) {
            throw refusal(failure);
        }
    }

    private State openState(String command) throws Refusal {
        try {
            if (state == null) {
                state =
                        opened(
                                State.open(
                                        location,
                                        job.name(),
                                        Holder.thisProcess(command, asOf),
                                        Apply.stateConnections(job)));
            }
            return state;
        } catch (StateException failure) {
            throw refusal(failure);
        }
    }

    private Lease lease(State state) throws Refusal {
        try {
            return opened(state.acquireLease());
        } catch (StateException failure) {
            throw refusal(failure);
        }
    }

    static Refusal noState(StateLocation location, JobSpec job) {
        return new Refusal(
                "%s: there is no state of job '%s' yet; `tidemark apply` makes it"
                        .formatted(location, job.name()));
    }

    static Refusal refusal(StateException failure) {
        return new Refusal(
                failure instanceof StateException.Held ? ExitCode.HELD : ExitCode.REFUSED,
                failure.getMessage());
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.add(resource);
        return resource;
    }
}
