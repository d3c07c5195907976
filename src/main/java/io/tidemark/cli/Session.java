package io.tidemark.cli;

import io.tidemark.job.JobSpec;
import io.tidemark.job.SinkSpec;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Holder;
import io.tidemark.ledger.Lease;
import io.tidemark.ledger.Ledger;
import io.tidemark.ledger.State;
import io.tidemark.ledger.StateException;
import io.tidemark.ledger.StateLocation;
import io.tidemark.ledger.StateVersion;
import io.tidemark.plan.Difference;
import io.tidemark.plan.JobSettings;
import io.tidemark.plan.Plan;
import io.tidemark.plan.SavedPlan;
import io.tidemark.run.Apply;
import io.tidemark.sink.Sink;
import io.tidemark.sink.Sinks;
import io.tidemark.sink.Thoroughness;
import io.tidemark.source.Learned;
import io.tidemark.source.Source;
import io.tidemark.source.Sources;
import io.tidemark.survey.JobSource;
import io.tidemark.survey.Survey;
import io.tidemark.survey.SurveyException;
import io.tidemark.window.Feed;
import io.tidemark.window.Window;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
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
    private Consumer<String> doing = what -> {};
    private @Nullable State state;

    Session(JobSpec job, StateLocation location, InstantSource clock) {
        this.job = job;
        this.location = location;
        this.clock = clock;
        this.asOf = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * @param listener is told what takes its time just now, as the beginning of a sentence
     */
    void tell(Consumer<String> listener) {
        doing = listener;
    }

    JobSpec job() {
        return job;
    }

    /** A plan, what is known of the source, and the state the plan was made on. */
    record Looked(Plan plan, Learned learned, String stateLocation, StateVersion state) {}

    /** The plan as it is now; creates no state where there is none. */
    Looked look(PlanningOptions options) throws Refusal {
        Source source = openSource();
        List<Sink> sinks = openSinks();
        Survey survey = new Survey(job, source, sinks, asOf, doing);
        Survey.Scope scope = options.scope(job, asOf);
        try {
            List<Feed> feeds = survey.feeds(scope);
            Optional<Ledger> ledger =
                    stateExists() ? Optional.of(openState("plan").ledger()) : Optional.empty();
            Plan plan = survey.plan(feeds, scope, ledger);
            return new Looked(
                    plan,
                    source.learned(),
                    location.identity(),
                    ledger.map(Ledger::version).orElse(StateVersion.EMPTY));
        } catch (SurveyException refused) {
            throw new Refusal(refused.getMessage());
        }
    }

    /** What an apply works with: its plan, and whoever makes it so. */
    record Prepared(Plan plan, Source source, State state, Lease lease, List<Sink> sinks) {}

    /** Plans, and takes the lease. Sinks are checked where there is something to do. */
    Prepared prepare(PlanningOptions options) throws Refusal {
        Source source = openSource();
        List<Sink> sinks = openSinks();
        Survey survey = new Survey(job, source, sinks, asOf, doing);
        Survey.Scope scope = options.scope(job, asOf);
        try {
            List<Feed> feeds = survey.feeds(scope);
            Optional<Plan> first = Optional.empty();
            if (!stateExists()) {
                first = Optional.of(survey.plan(feeds, scope, Optional.empty()));
                survey.check(first.get());
            }
            State opened = openState("apply");
            Lease lease = lease(opened);
            Ledger ledger = lease.ledger();
            Learned planned = source.learned();
            survey.recall(Optional.of(ledger)); // of another job in the same state
            Plan plan;
            if (first.isPresent()
                    && ledger.version().equals(StateVersion.EMPTY)
                    && source.learned().equals(planned)) {
                plan = first.get();
            } else {
                plan = survey.plan(feeds, scope, Optional.of(ledger));
                survey.check(plan);
            }
            survey.remember(ledger);
            return new Prepared(plan, source, opened, lease, sinks);
        } catch (SurveyException refused) {
            throw new Refusal(refused.getMessage());
        }
    }

    /** Takes the lease for a plan that was saved, and refuses a stale one. */
    Prepared prepare(SavedPlan saved) throws Refusal {
        if (!stateExists()) {
            refuseStale(saved, StateVersion.EMPTY);
        }
        Source source = openSource();
        List<Sink> sinks = openSinks();
        Survey survey = new Survey(job, source, sinks, asOf, doing);
        State opened = openState("apply");
        Lease lease = lease(opened);
        refuseStale(saved, lease.ledger().version());
        Plan plan = saved.plan();
        try {
            survey.check(plan);
            survey.recall(Optional.of(lease.ledger()));
            survey.learn(
                    plan.actions().stream().map(action -> action.window().feed()).toList(),
                    plan.actions().stream().map(action -> action.window().range()).toList());
        } catch (SurveyException refused) {
            throw new Refusal(refused.getMessage());
        }
        survey.remember(lease.ledger());
        return new Prepared(plan, source, opened, lease, sinks);
    }

    /** Spring and its batch job, ready to work; closed by the caller. */
    Apply apply(Prepared prepared) {
        opened.add(Log.to(location.workDirectory().resolve(job.name() + ".log")));
        return Apply.of(
                prepared.state(),
                prepared.lease(),
                job,
                prepared.source(),
                prepared.sinks(),
                prepared.plan().actions().size(),
                clock);
    }

    /** What an apply does beside its plan, for where there is nothing to do. */
    void clearAway(Prepared prepared) {
        if (Apply.isAnythingLeftBehind(
                prepared.state(), prepared.lease(), job, prepared.source().schema())) {
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
        try {
            return new Survey(job, openSource(), openSinks(), asOf, doing)
                    .differences(openState("verify").ledger(), entries, Thoroughness.EVERY_BYTE);
        } catch (SurveyException refused) {
            throw new Refusal(refused.getMessage());
        }
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

    private void refuseStale(SavedPlan saved, StateVersion now) throws Refusal {
        Optional<String> refusal = saved.refusal(JobSettings.of(job), location.identity(), now);
        if (refusal.isPresent()) {
            throw new Refusal(refusal.get());
        }
    }

    private Source openSource() {
        return opened(JobSource.open(job.source(), clock)).source();
    }

    private List<Sink> openSinks() {
        List<Sink> sinks = new ArrayList<>();
        for (SinkSpec spec : job.sinks()) {
            sinks.add(
                    opened(
                            Sinks.open(
                                    spec,
                                    Sources.schema(job.source()),
                                    job.name(),
                                    job.window().zone())));
        }
        return sinks;
    }

    private boolean stateExists() throws Refusal {
        try {
            return State.exists(location, job.name());
        } catch (StateException failure) {
            throw refusal(failure);
        }
    }

    private State openState(String command) throws Refusal {
        if (state == null) {
            doing.accept("Reading the state");
            state = opened(open(job, location, command, asOf, Apply.stateConnections(job)));
        }
        return state;
    }

    /**
     * @param connections how many will be used at once at most
     */
    static State open(
            JobSpec job, StateLocation location, String command, Instant now, int connections)
            throws Refusal {
        try {
            return State.open(
                    location,
                    job.name(),
                    Holder.thisProcess(command, now),
                    connections,
                    id -> Sources.feed(job.source(), id));
        } catch (StateException failure) {
            throw refusal(failure);
        }
    }

    private Lease lease(State of) throws Refusal {
        try {
            return opened(of.acquireLease());
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
