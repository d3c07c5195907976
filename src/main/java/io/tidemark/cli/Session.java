package io.tidemark.cli;

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
import io.tidemark.run.SinkComparison;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.sink.Sinks;
import io.tidemark.sink.Thoroughness;
import io.tidemark.source.Answer;
import io.tidemark.source.Failure;
import io.tidemark.source.FunctionChoice;
import io.tidemark.spec.JobSpec;
import io.tidemark.spec.SinkSpec;
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

    Session(JobSpec job, StateLocation location, InstantSource clock) {
        this.job = job;
        this.location = location;
        this.clock = clock;
        this.asOf = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    JobSpec job() {
        return job;
    }

    /** A plan, and the state it was made on. */
    record Looked(Plan plan, String stateLocation, StateVersion state) {}

    /** The plan as it is now; creates no state where there is none. */
    Looked look(PlanningOptions options) throws Refusal {
        JobSource source = openSource();
        List<FunctionUrn> functions = functions(source, options);
        if (!stateExists()) {
            return new Looked(
                    plan(functions, options, source, Optional.empty(), List.of()),
                    location.identity(),
                    StateVersion.EMPTY);
        }
        Ledger ledger = openState("plan").ledger();
        return new Looked(
                plan(functions, options, source, Optional.of(ledger), openSinks()),
                location.identity(),
                ledger.version());
    }

    /** What an apply works with: its plan, and whoever makes it so. */
    record Prepared(Plan plan, State state, Lease lease, JobSource source, List<Sink> sinks) {}

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
        Plan plan;
        if (first.isPresent() && ledger.version().equals(StateVersion.EMPTY)) {
            plan = first.get();
        } else {
            plan = plan(functions, options, source, Optional.of(ledger), sinks);
            check(sinks, plan);
        }
        return new Prepared(plan, state, lease, source, sinks);
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
        check(sinks, saved.plan());
        return new Prepared(saved.plan(), state, lease, source, sinks);
    }

    /** Spring and its batch job, ready to work; closed by the caller. */
    Apply apply(Prepared prepared) {
        Log.to(location.workDirectory().resolve(job.name() + ".log"));
        return Apply.of(
                prepared.state(),
                prepared.lease(),
                job,
                prepared.source().source(),
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
        try {
            Plan plan = new Planner(job, asOf).plan(functions, range, entries, differences);
            return options.refresh ? estimated(plan, source) : plan;
        } catch (PlanningException impossible) {
            throw new Refusal(impossible.getMessage());
        }
    }

    private Plan estimated(Plan plan, JobSource source) throws Refusal {
        return switch (new Estimator(source.source(), job.source()).estimate(plan)) {
            case Answer.Ok<Plan>(Plan estimated) -> estimated;
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
        for (Sink sink : sinks) {
            try {
                sink.check();
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
