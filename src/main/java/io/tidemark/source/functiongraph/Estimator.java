package io.tidemark.source.functiongraph;

import io.tidemark.job.SourceSpec;
import io.tidemark.source.Answer;
import io.tidemark.source.Failure;
import io.tidemark.source.http.Outcome;
import io.tidemark.source.http.Trouble;
import io.tidemark.window.Estimate;
import io.tidemark.window.Feed;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

/**
 * Asks the source how many records there are, sparingly: first for a whole run of neighbouring
 * windows of a function, then for halves, the longest first, as long as that tells something: where
 * the halves differ much, or where so few records are left that some windows must be empty. A year
 * of an idle function costs one request, and one of an evenly busy function three. What is left is
 * spread evenly.
 */
final class Estimator {
    /** Questions beyond the first one of each run of windows; at the usual budget ten seconds. */
    private static final int MOST_HALVES = 200;

    /** Two halves are alike up to this factor. */
    private static final int ALIKE = 4;

    private final Api api;
    private final SourceSpec spec;
    private final FilterMeaning meaning;
    private final Persistence persistence;
    private final IntConsumer asked;
    private final Set<Feed> feedsAsked = ConcurrentHashMap.newKeySet();

    /**
     * @param meaning what the source is known to filter
     * @param persistence tells a function that nothing is recorded of from one that is wrong, where
     *     the source refuses it
     * @param asked is told about how many functions it has been asked by now
     */
    Estimator(
            Api api,
            SourceSpec spec,
            FilterMeaning meaning,
            Persistence persistence,
            IntConsumer asked) {
        this.api = api;
        this.spec = spec;
        this.meaning = meaning;
        this.persistence = persistence;
        this.asked = asked;
    }

    /**
     * Neighbouring windows and what the source counts in them; empty where it gives no total.
     *
     * @param even whether the other half of what this is a half of has about as many
     */
    private record Span(List<Window> windows, OptionalLong records, boolean even) {
        boolean isWorthHalving() {
            return windows.size() > 1
                    && records.orElse(0) > 0
                    && (!even || records.getAsLong() < ALIKE * (long) windows.size());
        }
    }

    /**
     * Estimates of windows that would be read.
     *
     * @param toRead in the order of functions and time
     * @return the first failure of the source where no function can be asked, or none could be from
     *     then on; a single function that cannot be asked has no estimates, and the apply will say
     *     why
     */
    Answer<Map<Window, Estimate>> estimate(List<Window> toRead) {
        Map<Window, Estimate> estimates = new HashMap<>();
        PriorityQueue<Span> open =
                new PriorityQueue<>(
                        (a, b) -> Integer.compare(b.windows().size(), a.windows().size()));
        List<Failure> failures = new ArrayList<>();
        List<List<Window>> runs = runs(toRead);
        List<Answer<OptionalLong>> counts = counts(runs);
        for (int i = 0; i < runs.size(); i++) {
            List<Window> windows = runs.get(i);
            switch (counts.get(i)) {
                case Answer.Ok<OptionalLong>(OptionalLong records) ->
                        open.add(new Span(windows, records, false));
                case Answer.Failed<OptionalLong>(Failure failure) -> {
                    if (failure.reach() == Failure.Reach.RUN) {
                        return new Answer.Failed<>(failure);
                    }
                    if (failure.reach() == Failure.Reach.FEED
                            && persistence.isOff(FunctionUrn.of(windows.getFirst().feed()))) {
                        open.add(new Span(windows, OptionalLong.of(0), false));
                    } else {
                        failures.add(failure);
                    }
                }
            }
        }
        if (open.isEmpty() && !failures.isEmpty()) {
            return new Answer.Failed<>(failures.getFirst());
        }
        int halves = 0;
        while (!open.isEmpty()) {
            List<Span> worth = new ArrayList<>();
            while (!open.isEmpty() && worth.size() < spec.connections()) {
                Span span = open.poll();
                if (span.isWorthHalving() && halves + 2 <= MOST_HALVES) {
                    halves += 2;
                    worth.add(span);
                } else {
                    spread(span, estimates);
                }
            }
            halve(worth, open, estimates);
        }
        return new Answer.Ok<>(estimates);
    }

    /**
     * Asks for the halves of spans; where that cannot be done, what is known of the whole is
     * spread.
     */
    private void halve(List<Span> spans, Collection<Span> halves, Map<Window, Estimate> estimates) {
        List<List<Window>> asked = new ArrayList<>();
        for (Span span : spans) {
            int middle = span.windows().size() / 2;
            asked.add(span.windows().subList(0, middle));
            asked.add(span.windows().subList(middle, span.windows().size()));
        }
        List<Answer<OptionalLong>> counts = counts(asked);
        for (int i = 0; i < spans.size(); i++) {
            if (counts.get(2 * i) instanceof Answer.Ok<OptionalLong>(OptionalLong one)
                    && counts.get(2 * i + 1)
                            instanceof Answer.Ok<OptionalLong>(OptionalLong other)) {
                boolean even = alike(one.orElse(0), other.orElse(0));
                halves.add(new Span(asked.get(2 * i), one, even));
                halves.add(new Span(asked.get(2 * i + 1), other, even));
            } else {
                spread(spans.get(i), estimates);
            }
        }
    }

    private List<Answer<OptionalLong>> counts(List<List<Window>> ranges) {
        return AtOnce.ask(
                ranges,
                spec.connections(),
                windows -> {
                    Answer<OptionalLong> count = count(windows);
                    feedsAsked.add(windows.getFirst().feed());
                    asked.accept(feedsAsked.size());
                    return count;
                });
    }

    private static boolean alike(long one, long other) {
        return one <= ALIKE * other && other <= ALIKE * one;
    }

    /** Neighbouring windows of one function that would be read, together. */
    private static List<List<Window>> runs(List<Window> toRead) {
        List<List<Window>> runs = new ArrayList<>();
        Optional<Window> before = Optional.empty();
        for (Window window : toRead) {
            boolean neighbour =
                    before.isPresent()
                            && before.get().feed().equals(window.feed())
                            && before.get().to().equals(window.from());
            if (!neighbour) {
                runs.add(new ArrayList<>());
            }
            runs.getLast().add(window);
            before = Optional.of(window);
        }
        return runs;
    }

    private void spread(Span span, Map<Window, Estimate> estimates) {
        if (span.records().isEmpty()) {
            return;
        }
        long records = span.records().getAsLong();
        int windows = span.windows().size();
        for (int i = 0; i < windows; i++) {
            // the parts add up to the whole
            long part = records * (i + 1) / windows - records * i / windows;
            long pages = Math.max(1, (part + spec.pageSize() - 1) / spec.pageSize());
            estimates.put(
                    span.windows().get(i),
                    records == 0
                            ? Estimate.NOTHING
                            : Estimate.of(
                                    part, pages * PageRequest.slices(spec.statuses()).size()));
        }
    }

    /**
     * What the source counts in these windows, in all statuses that are asked for; empty: no total.
     */
    private Answer<OptionalLong> count(List<Window> windows) {
        FunctionUrn function = FunctionUrn.of(windows.getFirst().feed());
        TimeRange range = new TimeRange(windows.getFirst().from(), windows.getLast().to());
        long sum = 0;
        for (Optional<String> status : PageRequest.slices(spec.statuses())) {
            PageRequest request =
                    new PageRequest(
                            function,
                            meaning.asked(range),
                            status,
                            Marker.START,
                            1,
                            Optional.empty());
            switch (count(request)) {
                case Answer.Ok<OptionalLong>(OptionalLong count) -> {
                    if (count.isEmpty()) {
                        return new Answer.Ok<>(OptionalLong.empty());
                    }
                    sum += count.getAsLong();
                }
                case Answer.Failed<OptionalLong> failed -> {
                    return failed;
                }
            }
        }
        return new Answer.Ok<>(OptionalLong.of(sum));
    }

    private Answer<OptionalLong> count(PageRequest request) {
        return switch (api.page(request)) {
            case Outcome.Failed<RawPage>(Trouble trouble) -> new Answer.Failed<>(trouble.failure());
            case Outcome.Ok<RawPage>(RawPage page) -> {
                boolean empty =
                        page.size() == 0
                                && page.next()
                                        .filter(next -> next.isAfter(request.marker()))
                                        .isEmpty();
                if (page.count().orElse(0) == 0) {
                    // no count, or one that what else the page says does not bear out
                    yield new Answer.Ok<>(empty ? page.count() : OptionalLong.empty());
                }
                yield page.count().getAsLong() == page.size()
                        ? oneOrTheRowsOfThePage(request)
                        : new Answer.Ok<>(page.count());
            }
        };
    }

    /** One record was asked for and one is counted: all there is, or the rows of the page. */
    private Answer<OptionalLong> oneOrTheRowsOfThePage(PageRequest request) {
        PageRequest two =
                new PageRequest(
                        request.function(),
                        request.asked(),
                        request.status(),
                        request.marker(),
                        2,
                        request.requestId());
        return api.page(two)
                .answer()
                .map(page ->
                        page.size() == 1
                                ? OptionalLong.of(1)
                                : page.count().orElse(2) == 2
                                        ? OptionalLong.empty()
                                        : page.count());
    }
}
