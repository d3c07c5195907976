package io.tidemark.run;

import io.tidemark.invocation.InvocationStatus;
import io.tidemark.source.Answer;
import io.tidemark.source.Failure;
import io.tidemark.source.InvocationSource;
import io.tidemark.source.Marker;
import io.tidemark.source.Next;
import io.tidemark.source.Page;
import io.tidemark.source.PageRequest;
import io.tidemark.source.Paging;
import io.tidemark.source.Position;
import io.tidemark.source.RawInvocation;
import io.tidemark.source.SeenIds;
import io.tidemark.job.SourceSpec;
import io.tidemark.window.FilterMeaning;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

/**
 * Reads a window page by page. An item is a page: it carries its own marker, and a chunk of one
 * page is what a kill costs at most.
 */
final class PageReader implements ItemStreamReader<Page> {
    /** Seconds; the halves of less would not be shorter. */
    private static final int SHORTEST_HALVED = 4;

    private final InvocationSource source;
    private final SourceSpec spec;
    private final Window window;
    private final FilterMeaning meaning;
    private final IntConsumer fetched;
    private final List<Optional<InvocationStatus>> slices;

    private FetchPosition position = FetchPosition.START;
    private SeenIds seen = new SeenIds();
    private boolean finished;
    private int fullPage;
    private boolean inPieces;

    /**
     * @param inPieces from the beginning, where a window was read as a whole and lacked something
     * @param fetched is told how many rows each page had
     */
    PageReader(
            InvocationSource source,
            SourceSpec spec,
            Window window,
            FilterMeaning meaning,
            boolean inPieces,
            IntConsumer fetched) {
        this.source = source;
        this.spec = spec;
        this.window = window;
        this.meaning = meaning;
        this.inPieces = inPieces;
        this.fetched = fetched;
        this.slices = PageRequest.slices(spec.statuses());
        this.fullPage = spec.pageSize();
    }

    /**
     * @throws BeginAnew where the page before the position is no longer the one that was seen: the
     *     source's order has changed, and with it what the marker means; or where other times were
     *     asked for
     */
    @Override
    public void open(ExecutionContext context) {
        Optional<FetchPosition> saved = FetchPosition.load(context);
        if (saved.isEmpty()) {
            return;
        }
        FetchPosition.checkAsked(context, meaning.asked(window.range()));
        position = saved.get();
        finished = FetchPosition.finished(context);
        inPieces = FetchPosition.inPieces(context);
        position.last().ifPresent(this::checkStillThere);
    }

    @Override
    public @Nullable Page read() {
        while (position.slice() < slices.size()) {
            Position at = position.next();
            switch (source.page(request(at))) {
                case Answer.Ok<Page>(Page page) -> {
                    moveOn(at, page);
                    fetched.accept(page.records().size());
                    return page;
                }
                case Answer.Failed<Page>(Failure failure) -> endOrFail(at, failure);
            }
        }
        finished = true;
        return null;
    }

    @Override
    public void update(ExecutionContext context) {
        position.save(context, finished);
        FetchPosition.saveInPieces(context, inPieces);
        FetchPosition.saveAsked(context, meaning.asked(window.range()));
    }

    private void moveOn(Position at, Page page) {
        CountTally counts =
                position.pieces().isEmpty() ? position.counts().with(page) : position.counts();
        if (!isFiltered(page)) {
            counts = counts.doubting("the source does not heed the status it is asked for");
        }
        int fresh = takeIn(page);
        switch (Paging.after(at, page, spec.pageSize(), fresh)) {
            case Next.At(Position next) -> {
                boolean toBeSplit = inPieces || !position.pieces().isEmpty();
                if (toBeSplit && page.records().size() >= fullPage && isHalvable(asked())) {
                    split(counts); // a piece is small enough when one page holds it
                } else {
                    position =
                            position.goesOnAt(
                                    next,
                                    new FetchPosition.SeenPage(at.marker(), page.fingerprint()),
                                    position.fresh() + fresh,
                                    counts);
                }
            }
            case Next.End(Next.Reason reason) ->
                    end(reason, position.fresh() + fresh, page.count(), counts);
            case Next.Stuck(String reason) -> throw new SourceFailed(reason);
        }
    }

    private boolean isFiltered(Page page) {
        return slices.get(position.slice())
                .map(wanted ->
                        page.records().stream()
                                .map(RawInvocation::status)
                                .allMatch(word -> InvocationStatus.ofSourceWord(word) == wanted))
                .orElse(true);
    }

    private void endOrFail(Position at, Failure failure) {
        if (failure instanceof Failure.Rejected && Paging.afterRejection(at).isPresent()) {
            end(
                    Next.Reason.MARKER_REJECTED,
                    position.fresh(),
                    position.pieces().isEmpty()
                            ? position.counts().ofThisSlice()
                            : OptionalLong.empty(),
                    position.counts());
        } else {
            throw new SourceFailed(failure);
        }
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
        } else if (isHalvable(asked())) {
            split(counts);
        } else {
            endSlice(
                    counts.doubting(
                            "%s after %d records between %s and %s"
                                    .formatted(
                                            reason.sentence(),
                                            fresh,
                                            asked().from(),
                                            asked().to())));
        }
    }

    /** Whether there was one page; or a second one, that a source names which has no more. */
    private boolean onePageGaveAll(long fresh) {
        return position.last()
                .map(page -> page.marker().equals(Marker.START) && fresh == position.fresh())
                .orElse(true);
    }

    /** Returns how many of its records were not seen before. */
    private int takeIn(Page page) {
        fullPage = Math.min(spec.pageSize(), page.fullPage());
        return seen.add(page);
    }

    private void endSlice(CountTally counts) {
        position = position.ends(counts);
        seen = new SeenIds();
    }

    private void split(CountTally counts) {
        TimeRange whole = asked();
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

    private TimeRange asked() {
        return position.pieces().isEmpty()
                ? meaning.asked(window.range())
                : position.pieces().getFirst();
    }

    private void checkStillThere(FetchPosition.SeenPage last) {
        switch (source.page(request(Position.at(last.marker())))) {
            case Answer.Ok<Page>(Page page) -> {
                if (!page.fingerprint().equals(last.fingerprint())) {
                    throw new BeginAnew(
                            "the page at marker %s is not the page that was read before"
                                    .formatted(last.marker()));
                }
                takeIn(page);
            }
            case Answer.Failed<Page>(Failure failure) -> throw new SourceFailed(failure);
        }
    }

    private PageRequest request(Position at) {
        return new PageRequest(
                window.function(),
                asked(),
                slices.get(position.slice()),
                at.marker(),
                spec.pageSize(),
                Optional.empty());
    }
}
