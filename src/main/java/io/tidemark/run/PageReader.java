package io.tidemark.run;

import io.tidemark.invocation.InvocationStatus;
import io.tidemark.source.Answer;
import io.tidemark.source.Failure;
import io.tidemark.source.FilterMeaning;
import io.tidemark.source.InvocationSource;
import io.tidemark.source.Next;
import io.tidemark.source.Page;
import io.tidemark.source.PageRequest;
import io.tidemark.source.Paging;
import io.tidemark.source.Position;
import io.tidemark.source.SeenIds;
import io.tidemark.spec.SourceSpec;
import io.tidemark.window.Window;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

/**
 * Reads a window page by page. An item is a page: it carries its own marker, and a chunk of one
 * page is what a kill costs at most.
 */
final class PageReader implements ItemStreamReader<Page> {
    private final InvocationSource source;
    private final SourceSpec spec;
    private final Window window;
    private final FilterMeaning meaning;
    private final IntConsumer fetched;
    private final List<Optional<InvocationStatus>> slices;

    private FetchPosition position = FetchPosition.START;
    private SeenIds seen = new SeenIds();
    private boolean finished;

    /**
     * @param fetched is told how many rows each page had
     */
    PageReader(
            InvocationSource source,
            SourceSpec spec,
            Window window,
            FilterMeaning meaning,
            IntConsumer fetched) {
        this.source = source;
        this.spec = spec;
        this.window = window;
        this.meaning = meaning;
        this.fetched = fetched;
        this.slices = PageRequest.slices(spec.statuses());
    }

    /**
     * @throws BeginAnew where the page before the position is no longer the one that was seen: the
     *     source's order has changed, and with it what the marker means
     */
    @Override
    public void open(ExecutionContext context) {
        Optional<FetchPosition> saved = FetchPosition.load(context);
        if (saved.isEmpty()) {
            return;
        }
        position = saved.get();
        finished = FetchPosition.finished(context);
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
    }

    private void moveOn(Position at, Page page) {
        CountTally counts = position.counts().with(page);
        switch (Paging.after(at, page, spec.pageSize(), seen.add(page))) {
            case Next.At(Position next) ->
                    position =
                            position.goesOnAt(
                                    next,
                                    new FetchPosition.SeenPage(at.marker(), page.fingerprint()),
                                    counts);
            case Next.End end -> endSlice(counts);
            case Next.Stuck(String reason) -> throw new SourceFailed(reason);
        }
    }

    private void endOrFail(Position at, Failure failure) {
        if (failure instanceof Failure.Rejected && Paging.afterRejection(at).isPresent()) {
            endSlice(position.counts());
        } else {
            throw new SourceFailed(failure);
        }
    }

    private void endSlice(CountTally counts) {
        position = position.sliceEnds(counts);
        seen = new SeenIds();
    }

    private void checkStillThere(FetchPosition.SeenPage last) {
        switch (source.page(request(Position.at(last.marker())))) {
            case Answer.Ok<Page>(Page page) -> {
                if (!page.fingerprint().equals(last.fingerprint())) {
                    throw new BeginAnew(
                            "the page at marker %s is not the page that was read before"
                                    .formatted(last.marker()));
                }
                seen.add(page);
            }
            case Answer.Failed<Page>(Failure failure) -> throw new SourceFailed(failure);
        }
    }

    private PageRequest request(Position at) {
        return new PageRequest(
                window.function(),
                meaning.asked(window.range()),
                slices.get(position.slice()),
                at.marker(),
                spec.pageSize(),
                Optional.empty());
    }
}
