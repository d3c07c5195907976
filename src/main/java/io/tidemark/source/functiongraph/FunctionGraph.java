package io.tidemark.source.functiongraph;

import io.tidemark.job.FeedSelector;
import io.tidemark.job.SourceSpec;
import io.tidemark.record.Schema;
import io.tidemark.source.Answer;
import io.tidemark.source.Checkpoint;
import io.tidemark.source.FeedChoice;
import io.tidemark.source.Learned;
import io.tidemark.source.PageCursor;
import io.tidemark.source.Preview;
import io.tidemark.source.Source;
import io.tidemark.source.http.Requests;
import io.tidemark.window.Estimate;
import io.tidemark.window.Feed;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Warning;
import io.tidemark.window.Window;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/** The door of this room: FunctionGraph's asynchronous invocations, API version 2. */
public final class FunctionGraph implements Source {
    /** What an asynchronous invocation looks like in every sink. */
    public static final Schema SCHEMA = Invocations.SCHEMA;

    /** What the source compares with the bounds of a window; absent while that is the start. */
    private static final String COMPARES = "compares";

    /** As many are worth telling a person. */
    private static final int MOST_WORDS = 20;

    private final SourceSpec spec;
    private final Api api;
    private final InstantSource clock;
    private final Persistence persistence;
    private final ReadAhead readAhead;
    private final Set<String> undocumented = ConcurrentHashMap.newKeySet();
    private volatile FilterMeaning meaning = FilterMeaning.ASSUMED;

    private FunctionGraph(SourceSpec spec, Api api, InstantSource clock) {
        this.spec = spec;
        this.api = api;
        this.clock = clock;
        this.persistence = new Persistence(api);
        this.readAhead = new ReadAhead(api, spec.connections());
    }

    /**
     * The function with this URN.
     *
     * @throws IllegalArgumentException where the text is not the URN of a function
     */
    public static Feed feed(String urn) {
        return FunctionUrn.of(urn).feed();
    }

    /** See {@link io.tidemark.source.Sources#open}. */
    public static Source open(SourceSpec.Cloud server, SourceSpec spec, InstantSource clock) {
        return open(server, spec, Requests.open(server, spec), clock);
    }

    /**
     * @param requests closed together with this
     */
    static Source open(
            SourceSpec.Cloud server, SourceSpec spec, Requests requests, InstantSource clock) {
        return new FunctionGraph(spec, new HttpApi(server, requests), clock);
    }

    /** See {@link io.tidemark.source.Sources#warnings}. */
    public static List<String> warnings(SourceSpec.Cloud server) {
        return Requests.warnings(server);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public Answer<FeedChoice> feeds(List<FeedSelector> wanted, List<FeedSelector> only) {
        boolean named = wanted.stream().allMatch(FeedSelector.Exactly.class::isInstance);
        Answer<List<FunctionUrn>> listed =
                named ? new Answer.Ok<>(List.of()) : api.functions().answer();
        return listed.map(functions ->
                Selection.of(functions.stream().map(FunctionUrn::feed).toList(), wanted, only));
    }

    @Override
    public void recall(String memory) {
        meaning = FilterMeaning.of(memory);
    }

    @Override
    public Answer<Learned> learn(List<Feed> feeds, TimeRange range) {
        if (meaning.proven()) {
            return new Answer.Ok<>(learned());
        }
        return new Calibration(api, spec.pageSize())
                .ask(feeds.stream().distinct().map(FunctionUrn::of).toList(), range)
                .map(found -> {
                    meaning = found;
                    return learned();
                });
    }

    @Override
    public Learned learned() {
        FilterMeaning known = meaning;
        SortedMap<String, String> identity = new TreeMap<>();
        identity.put(
                "source.statuses",
                spec.statuses().stream()
                        .map(word -> SCHEMA.words().get(Normaliser.word(word)).text())
                        .sorted()
                        .collect(Collectors.joining(" ")));
        if (known.time() != FilterMeaning.Time.START) {
            identity.put(COMPARES, known.time().name());
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("compares", word(known.time()));
        facts.put("begin", word(known.begin()));
        facts.put("end", word(known.end()));
        facts.put("samples", known.samples());
        return new Learned(
                known.proven() ? Optional.of(known.memory()) : Optional.empty(),
                identity,
                known.sentence(),
                facts);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Answer<Preview> preview(
            Instant asOf, List<Window> toRead, Set<Window> first, IntConsumer asked) {
        return new Estimator(api, spec, meaning, persistence, asked)
                .estimate(toRead)
                .map(estimates -> new Preview(estimates, warnings(asOf, toRead, first, estimates)));
    }

    private List<Warning> warnings(
            Instant asOf, List<Window> toRead, Set<Window> first, Map<Window, Estimate> estimates) {
        List<Warning> warnings =
                new SourceWarnings(api, spec, persistence)
                        .warnings(
                                asOf,
                                toRead.stream()
                                        .map(window ->
                                                new SourceWarnings.Wanted(
                                                        window,
                                                        estimates.getOrDefault(
                                                                window, Estimate.UNKNOWN),
                                                        first.contains(window)))
                                        .toList());
        Set<Feed> listed = new HashSet<>();
        estimates.forEach((window, estimate) -> {
            if (estimate.records().orElse(0) > 0) {
                listed.add(window.feed());
            }
        });
        listed.forEach(feed -> persistence.isOn(FunctionUrn.of(feed)));
        return warnings;
    }

    @Override
    public List<Warning> warnings() {
        List<Warning> warnings = new ArrayList<>();
        persistence.known().stream()
                .map(function -> new Warning.NothingRecorded(function.feed()))
                .forEach(warnings::add);
        if (!undocumented.isEmpty()) {
            warnings.add(new Warning.UndocumentedStatus(List.copyOf(undocumented)));
        }
        return warnings;
    }

    @Override
    public PageCursor read(Window window, Optional<Checkpoint> from) {
        return new InvocationCursor(
                api,
                spec,
                window,
                meaning,
                persistence,
                new EdgeRecords(api, spec.pageSize(), clock, known -> meaning = known),
                readAhead.queue(),
                this::keep,
                from);
    }

    private void keep(Set<String> words) {
        if (undocumented.size() < MOST_WORDS) {
            undocumented.addAll(words);
        }
    }

    @Override
    public Answer<Set<String>> elsewhere(Window window, Set<String> ids) {
        Set<String> moved = new HashSet<>();
        for (String id : ids) {
            if (single().hasMoved(window, id)) {
                moved.add(id);
            }
        }
        return new Answer.Ok<>(moved);
    }

    @Override
    public boolean unchanged(Window window, long records, Map<String, String> open) {
        return single().areUnchanged(window, records, open);
    }

    private SingleRecords single() {
        return new SingleRecords(api, meaning, spec.pageSize(), clock);
    }

    @Override
    public void close() {
        api.close();
        readAhead.close();
    }
}
