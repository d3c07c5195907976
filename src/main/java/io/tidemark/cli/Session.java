package io.tidemark.cli;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Holder;
import io.tidemark.ledger.Lease;
import io.tidemark.ledger.State;
import io.tidemark.ledger.StateException;
import io.tidemark.ledger.StateLocation;
import io.tidemark.plan.Plan;
import io.tidemark.plan.Planner;
import io.tidemark.plan.PlanningException;
import io.tidemark.run.Apply;
import io.tidemark.run.JobSource;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.sink.Sinks;
import io.tidemark.source.Answer;
import io.tidemark.source.Failure;
import io.tidemark.source.FunctionChoice;
import io.tidemark.spec.JobSpec;
import io.tidemark.spec.SinkSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
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

    Session(JobSpec job, StateLocation location, InstantSource clock) {
        this.job = job;
        this.location = location;
        this.clock = clock;
        this.asOf = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    JobSpec job() {
        return job;
    }

    /** The plan as it is now; creates no state where there is none. */
    Plan look(RangeOptions range) throws Refusal {
        List<FunctionUrn> functions = functions(openSource(), range);
        if (!State.exists(location, job.name())) {
            return plan(functions, range, List.of());
        }
        return plan(functions, range, openState("plan").ledger().entries());
    }

    /** What an apply works with: its plan, and whoever makes it so. */
    record Prepared(Plan plan, State state, Lease lease, JobSource source, List<Sink> sinks) {}

    /** Takes the lease and plans. Sinks are checked where there is something to do. */
    Prepared prepare(RangeOptions range) throws Refusal {
        JobSource source = openSource();
        List<FunctionUrn> functions = functions(source, range);
        List<Sink> sinks = new ArrayList<>();
        for (SinkSpec spec : job.sinks()) {
            sinks.add(opened(Sinks.open(spec, job.name(), job.window().zone())));
        }
        boolean firstApply = !State.exists(location, job.name());
        if (firstApply) {
            check(sinks);
        }
        State state = openState("apply");
        Lease lease = lease(state);
        Log.to(location.workDirectory().resolve(job.name() + ".log"));
        Plan plan = plan(functions, range, lease.ledger().entries());
        if (!firstApply && !plan.isEmpty()) {
            check(sinks);
        }
        return new Prepared(plan, state, lease, source, sinks);
    }

    /** Spring and its batch job, ready to work; closed by the caller. */
    Apply apply(Prepared prepared) {
        return Apply.of(
                prepared.state(),
                prepared.lease(),
                job,
                prepared.source().source(),
                prepared.sinks(),
                clock);
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
    }

    private Plan plan(List<FunctionUrn> functions, RangeOptions range, List<Entry> ledger)
            throws Refusal {
        try {
            return new Planner(job, asOf).plan(functions, range.range(job.window(), asOf), ledger);
        } catch (PlanningException impossible) {
            throw new Refusal(impossible.getMessage());
        }
    }

    private JobSource openSource() {
        return opened(JobSource.open(job.source(), clock));
    }

    private List<FunctionUrn> functions(JobSource source, RangeOptions range) throws Refusal {
        return switch (FunctionChoice.choose(
                source.source(), job.source().functions(), range.functions())) {
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

    private static void check(List<Sink> sinks) throws Refusal {
        for (Sink sink : sinks) {
            try {
                sink.check();
            } catch (SinkException cannot) {
                throw new Refusal(cannot.getMessage());
            }
        }
    }

    private State openState(String command) throws Refusal {
        try {
            return opened(
                    State.open(
                            location,
                            job.name(),
                            Holder.thisProcess(command, asOf),
                            Apply.stateConnections(job)));
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
