package io.tidemark.survey;

import io.tidemark.job.FeedSelector;
import io.tidemark.job.JobSpec;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Ledger;
import io.tidemark.ledger.SourceIdentity;
import io.tidemark.plan.Action;
import io.tidemark.plan.Difference;
import io.tidemark.plan.JobRange;
import io.tidemark.plan.Plan;
import io.tidemark.plan.Planner;
import io.tidemark.plan.PlanningException;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.sink.Thoroughness;
import io.tidemark.source.Answer;
import io.tidemark.source.FeedChoice;
import io.tidemark.source.Learned;
import io.tidemark.source.Preview;
import io.tidemark.source.Source;
import io.tidemark.window.Feed;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Looks at source, sinks and ledger of a job, and has the plan made. */
public final class Survey {
    private final JobSpec job;
    private final Source source;
    private final List<Sink> sinks;
    private final Instant asOf;
    private final Consumer<String> doing;

    /**
     * @param asOf what "now" means, the same for every window
     */
    public Survey(
            JobSpec job, Source source, List<Sink> sinks, Instant asOf, Consumer<String> doing) {
        this.job = job;
        this.source = source;
        this.sinks = List.copyOf(sinks);
        this.asOf = asOf;
        this.doing = doing;
    }

    /**
     * What a plan is to be about.
     *
     * @param only of the job's feeds, those that one of these picks; empty for all
     * @param refresh whether the source is asked how much there is, and the sinks whether they
     *     still hold what they held
     */
    public record Scope(List<FeedSelector> only, JobRange range, boolean refresh) {}

    /**
     * The feeds of the job that a plan is about.
     *
     * @throws SurveyException where the source cannot be asked, or the choice makes no sense
     */
    public List<Feed> feeds(Scope scope) throws SurveyException {
        doing.accept("Asking the source for its %ss".formatted(source.schema().feedWord()));
        FeedChoice choice = value(source.feeds(job.source().functions(), scope.only()));
        if (choice.refusal().isPresent()) {
            throw new SurveyException(choice.refusal().get());
        }
        return choice.feeds();
    }

    /**
     * The plan as it is now.
     *
     * @param ledger empty where there is no state yet
     */
    public Plan plan(List<Feed> feeds, Scope scope, Optional<Ledger> ledger)
            throws SurveyException {
        List<Entry> entries = ledger.map(Ledger::entries).orElse(List.of());
        JobRange range =
                scope.range().goingOnWith(entries.stream().map(entry -> entry.window().range()));
        SortedMap<Window, List<Difference>> differences =
                ledger.isPresent() && scope.refresh()
                        ? differences(
                                ledger.get(), inRange(entries, feeds, range), Thoroughness.GLANCE)
                        : new TreeMap<>();
        recall(ledger);
        if (scope.refresh()) {
            learn(feeds, range.windows());
        }
        try {
            Plan plan = new Planner(job, asOf, identity()).plan(feeds, range, entries, differences);
            return scope.refresh() ? previewed(plan) : plan;
        } catch (PlanningException impossible) {
            throw new SurveyException(impossible.getMessage());
        }
    }

    /** What decides which records a window holds, as far as it is known by now. */
    public SourceIdentity identity() {
        return SourceIdentity.of(job, source.schema(), source.learned().identity());
    }

    /** Takes from the ledger what was found out about the source, by whichever job. */
    public void recall(Optional<Ledger> ledger) {
        ledger.flatMap(known -> known.memory(job.source().origin().name()))
                .ifPresent(source::recall);
    }

    /**
     * Finds out what is not known of the source.
     *
     * @param windows to take records from; none: it is not asked
     */
    public void learn(List<Feed> feeds, List<TimeRange> windows) throws SurveyException {
        if (windows.isEmpty()) {
            return;
        }
        Instant from = windows.stream().map(TimeRange::from).min(Instant::compareTo).orElseThrow();
        Instant to = windows.stream().map(TimeRange::to).max(Instant::compareTo).orElseThrow();
        doing.accept("Finding out what the source filters");
        value(source.learn(feeds, new TimeRange(from, to)));
    }

    /** Keeps what is known of the source for the next time. */
    public void remember(Ledger ledger) {
        String endpoint = job.source().origin().name();
        Learned learned = source.learned();
        if (learned.memory().isPresent() && ledger.memory(endpoint).isEmpty()) {
            ledger.remember(endpoint, learned.memory().get());
        }
    }

    /**
     * The windows that do not stand in every sink as the ledger says, with each sink that differs.
     *
     * @throws SurveyException where a sink cannot be asked
     */
    public SortedMap<Window, List<Difference>> differences(
            Ledger ledger, Collection<Entry> entries, Thoroughness thoroughness)
            throws SurveyException {
        doing.accept("Looking at what the sinks hold");
        try {
            return new DriftCheck(ledger, sinks).differences(entries, thoroughness);
        } catch (SinkException cannot) {
            throw new SurveyException(cannot.getMessage());
        }
    }

    /**
     * Makes sure that what the plan needs can be done.
     *
     * @throws SurveyException what stands in the way and what to do
     */
    public void check(Plan plan) throws SurveyException {
        if (plan.isEmpty()) {
            return;
        }
        Set<Feed> feeds =
                plan.actions().stream()
                        .map(action -> action.window().feed())
                        .collect(Collectors.toSet());
        for (Sink sink : sinks) {
            try {
                sink.check(feeds);
            } catch (SinkException cannot) {
                throw new SurveyException(cannot.getMessage());
            }
        }
    }

    private Plan previewed(Plan plan) throws SurveyException {
        List<Action> read =
                plan.actions().stream().filter(action -> action.kind().readsSource()).toList();
        Set<Window> first =
                read.stream()
                        .filter(action -> action.cause() == Action.Cause.NEVER_EXPORTED)
                        .map(Action::window)
                        .collect(Collectors.toSet());
        long feeds = read.stream().map(action -> action.window().feed()).distinct().count();
        Preview preview =
                value(
                        source.preview(
                                asOf,
                                read.stream().map(Action::window).toList(),
                                first,
                                asked ->
                                        doing.accept(
                                                "Asking the source, %d of %d %ss"
                                                        .formatted(
                                                                asked,
                                                                feeds,
                                                                source.schema().feedWord()))));
        return plan.withActions(
                        plan.actions().stream()
                                .map(action ->
                                        action.with(
                                                preview.estimates()
                                                        .getOrDefault(
                                                                action.window(),
                                                                action.estimate())))
                                .toList())
                .withWarnings(preview.warnings());
    }

    private static List<Entry> inRange(List<Entry> entries, List<Feed> feeds, JobRange range) {
        Set<Feed> ofFeeds = new HashSet<>(feeds);
        Set<TimeRange> ofRange = new HashSet<>(range.windows());
        return entries.stream()
                .filter(entry -> ofFeeds.contains(entry.window().feed()))
                .filter(entry -> ofRange.contains(entry.window().range()))
                .toList();
    }

    private static <T> T value(Answer<T> answer) throws SurveyException {
        return switch (answer) {
            case Answer.Ok<T>(T value) -> value;
            case Answer.Failed<T>(var failure) -> throw new SurveyException(failure.message());
        };
    }
}
