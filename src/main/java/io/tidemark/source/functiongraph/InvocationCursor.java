package io.tidemark.source.functiongraph;

import io.tidemark.job.SourceSpec;
import io.tidemark.record.Rejected;
import io.tidemark.record.Rows;
import io.tidemark.source.Answer;
import io.tidemark.source.Checkpoint;
import io.tidemark.source.Ending;
import io.tidemark.source.Failure;
import io.tidemark.source.Failure.Reach;
import io.tidemark.source.Fetched;
import io.tidemark.source.Page;
import io.tidemark.source.PageCursor;
import io.tidemark.source.Staged;
import io.tidemark.source.http.Outcome;
import io.tidemark.source.http.Trouble;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads a window page by page, by marker. */
final class InvocationCursor implements PageCursor {
    /** Seconds; the halves of less would not be shorter. */
    private static final int SHORTEST_HALVED = 4;

    private final Api api;
    private final SourceSpec spec;
    private final Window window;
    private final FunctionUrn function;
    private final FilterMeaning meaning;
    private final Persistence persistence;
    private final EdgeRecords edges;
    private final Placement placement;
    private final List<Optional<String>> slices;
    private final ReadAhead.Queue ahead;
    private final Consumer<Set<String>> undocumented;

    private FetchPosition position;
    private Optional<Failure> unreadable = Optional.empty();
    private boolean toBeChecked;
    private boolean refusedAsUnrecorded;
    private SeenIds seen = new SeenIds();
    private int fullPage;

    /**
     * @param undocumented is told of words for a status that nobody documented
     * @param from behind which page to go on; empty for all of the window
     */
    InvocationCursor(
            Api api,
            SourceSpec spec,
            Window window,
            FilterMeaning meaning,
            Persistence persistence,
            EdgeRecords edges,
            ReadAhead.Queue ahead,
            Consumer<Set<String>> undocumented,
            Optional<Checkpoint> from) {
        this.api = api;
        this.spec = spec;
        this.window = window;
        this.function = FunctionUrn.of(window.feed());
        this.meaning = meaning;
        this.persistence = persistence;
        this.edges = edges;
        this.ahead = ahead;
        this.undocumented = undocumented;
        this.placement = new WindowPlacement(meaning, window.range(), spec.statuses());
        this.slices = PageRequest.slices(spec.statuses());
        this.fullPage = spec.pageSize();
        this.position = FetchPosition.start(meaning.asked(window.range()), false);
        from.ifPresent(this::goOnFrom);
    }

    private void goOnFrom(Checkpoint checkpoint) {
        Optional<FetchPosition> saved = FetchPosition.of(checkpoint);
        if (saved.isEmpty()) {
            unreadable =
                    changed("where it was is written in a way that this version does not know");
        } else if (!saved.get().asked().equals(position.asked())) {
            // what was read is not to be judged by what is known now
            unreadable = changed("what the source filters was not known when this was read");
        } else {
            position = saved.get();
            toBeChecked = position.last().isPresent();
        }
    }

    private static Optional<Failure> changed(String reason) {
        return Optional.of(new Failure(Reach.ATTEMPT, reason));
    }

    @Override
    public Fetched next() {
        if (toBeChecked) {
            unreadable = checkStillThere(position.last().orElseThrow());
            toBeChecked = false;
        }
        if (unreadable.isPresent()) {
            return new Fetched.Failed(unreadable.get());
        }
        while (position.slice() < slices.size()) {
            Position at = position.next();
            switch (ahead.page(request(at))) {
                case Outcome.Ok<RawPage>(RawPage page) -> {
                    String stuck = moveOn(at, page);
                    return stuck == null
                            ? new Fetched.Read(new FetchedPage(page, position.checkpoint()))
                            : new Fetched.Failed(new Failure(Reach.WINDOW, stuck));
                }
                case Outcome.Failed<RawPage>(Trouble trouble) -> {
                    if (!isEnd(trouble, at)) {
                        return new Fetched.Failed(trouble.failure());
                    }
                }
            }
        }
        return new Fetched.End();
    }

    @Override
    public void close() {
        ahead.drop();
    }

    /** A page as it came, with where to go on behind it. */
    private final class FetchedPage implements Page {
        private final RawPage page;
        private final Checkpoint checkpoint;

        FetchedPage(RawPage page, Checkpoint checkpoint) {
            this.page = page;
            this.checkpoint = checkpoint;
        }

        @Override
        public int records() {
            return page.size();
        }

        @Override
        public long bytes() {
            return page.bytes();
        }

        @Override
        public Checkpoint checkpoint() {
            return checkpoint;
        }

        @Override
        public void normalise(Rows rows, List<Rejected> rejected) {
            undocumented.accept(page.normalise(placement, rows, rejected));
        }
    }

    @Override
    public Answer<Ending> end(Staged staged) {
        try {
            CountTally counts = position.counts();
            boolean isNothing =
                    refusedAsUnrecorded || counts.total().orElse(0) == 0 && staged.isEmpty();
            if (isNothing && persistence.isOff(function)) {
                return new Answer.Ok<>(
                        ending(OptionalLong.empty(), Optional.of(Persistence.OFF), Map.of()));
            }
            return edges.elsewhere(window, meaning, staged)
                    .map(elsewhere -> ending(counts.total(), counts.doubt(), elsewhere));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Ending ending(
            OptionalLong count, Optional<String> doubt, Map<String, Integer> elsewhere) {
        boolean mayGiveMore = position.pages() > 1 && !position.inPieces();
        return new Ending(
                count,
                doubt,
                elsewhere,
                meaning.proven() ? 0 : EdgeRecords.SUSPICIOUS,
                EdgeRecords.SUSPICION,
                mayGiveMore
                        ? Optional.of(FetchPosition.start(position.asked(), true).checkpoint())
                        : Optional.empty());
    }

    /** Null, or why there is no way to go on. */
    private @Nullable String moveOn(Position at, RawPage page) {
        CountTally counts =
                position.pieces().isEmpty() ? position.counts().with(page) : position.counts();
        if (!isFiltered(page)) {
            counts = counts.doubting("the source does not heed the status it is asked for");
        }
        int fresh = takeIn(page);
        switch (Paging.after(at, page, spec.pageSize(), api.fullPage(), fresh)) {
            case Next.At(Position next) -> {
                boolean toBeSplit = position.inPieces() || !position.pieces().isEmpty();
                if (toBeSplit && page.size() >= fullPage && isHalvable(position.asking())) {
                    split(counts); // a piece is small enough when one page holds it
                } else {
                    position =
                            position.goesOnAt(
                                    next,
                                    new FetchPosition.SeenPage(at.marker(), page.fingerprint()),
                                    position.fresh() + fresh,
                                    counts);
                    if (!toBeSplit
                            && page.size() >= fullPage
                            && at.marker().plus(page.size()).equals(Optional.of(next.marker()))) {
                        ahead.expect(request(next), page, counts.ofThisSlice());
                    }
                }
            }
            case Next.End(Next.Reason reason) ->
                    end(reason, position.fresh() + fresh, page.count(), counts);
            case Next.Stuck(String reason) -> {
                return reason;
            }
        }
        return null;
    }

    /** Whether a question that was refused only says that there is nothing more. */
    private boolean isEnd(Trouble trouble, Position at) {
        if (trouble.kind() == Trouble.Kind.REJECTED && Paging.afterRejection(at).isPresent()) {
            end(
                    Next.Reason.MARKER_REJECTED,
                    position.fresh(),
                    position.pieces().isEmpty()
                            ? position.counts().ofThisSlice()
                            : OptionalLong.empty(),
                    position.counts());
            return true;
        }
        if (trouble.reach() == Reach.FEED && position.isStart() && persistence.isOff(function)) {
            // that it says so of the very first page is its answer
            refusedAsUnrecorded = true;
            while (position.slice() < slices.size()) {
                position = position.ends(position.counts());
            }
            return true;
        }
        return false;
    }

    private boolean isFiltered(RawPage page) {
        return slices.get(position.slice()).map(page::isAllOf).orElse(true);
    }

    /**
     * Paging has led to an end. Where that may not be all there is, the same is asked for again in
     * pieces so small that one page holds each: no marker, no order and no depth matters to those.
     *
     * <p>What was new is known but for a few in a thousand, see {@link SeenIds}. Whether not one
     * record is missing is known once all are sorted.
     */
    private void end(Next.Reason reason, long fresh, OptionalLong count, CountTally counts) {
        boolean asCounted = fresh >= count.orElse(0) * 9 / 10;
        boolean isWhole =
                switch (reason) {
                    case SHORT_PAGE, EMPTY_PAGE -> onePageGaveAll(fresh) || asCounted;
                    // a count as large as a full page may be that of the page
                    case NOTHING_NEW, MARKER_REJECTED ->
                            asCounted && count.orElse(0) > fullPage
                                    || onePageGaveAll(fresh)
                                            && fresh < fullPage
                                            && (asCounted || !position.pieces().isEmpty());
                };
        if (isWhole) {
            endSlice(counts);
        } else if (isHalvable(position.asking())) {
            split(counts);
        } else {
            endSlice(
                    counts.doubting(
                            "%s after %d records between %s and %s"
                                    .formatted(
                                            reason.sentence(),
                                            fresh,
                                            position.asking().from(),
                                            position.asking().to())));
        }
    }

    /** Whether there was one page; or a second one, that a source names which has no more. */
    private boolean onePageGaveAll(long fresh) {
        return position.last()
                .map(page -> page.marker().equals(Marker.START) && fresh == position.fresh())
                .orElse(true);
    }

    /** Returns how many of its records were not seen before. */
    private int takeIn(RawPage page) {
        fullPage = Math.min(spec.pageSize(), api.fullPage());
        return seen.add(page);
    }

    private void endSlice(CountTally counts) {
        position = position.ends(counts);
        seen = new SeenIds();
    }

    private void split(CountTally counts) {
        TimeRange whole = position.asking();
        Instant middle = whole.from().plusSeconds(whole.length().toSeconds() / 2);
        // both hold the second in the middle, in case neither of the bounds is taken in
        position =
                position.splits(
                        List.of(
                                new TimeRange(whole.from(), middle),
                                new TimeRange(middle.minusSeconds(1), whole.to())),
                        counts);
        seen = new SeenIds();
    }

    private static boolean isHalvable(TimeRange asked) {
        return asked.length().toSeconds() >= SHORTEST_HALVED;
    }

    private Optional<Failure> checkStillThere(FetchPosition.SeenPage last) {
        return switch (api.page(request(Position.at(last.marker())))) {
            case Outcome.Failed<RawPage>(Trouble trouble) -> Optional.of(trouble.failure());
            case Outcome.Ok<RawPage>(RawPage page) -> {
                if (!page.fingerprint().equals(last.fingerprint())) {
                    yield changed(
                            "the page at marker %s is not the page that was read before"
                                    .formatted(last.marker()));
                }
                takeIn(page);
                yield Optional.empty();
            }
        };
    }

    private PageRequest request(Position at) {
        return new PageRequest(
                function,
                position.asking(),
                slices.get(position.slice()),
                at.marker(),
                spec.pageSize(),
                Optional.empty());
    }
}
