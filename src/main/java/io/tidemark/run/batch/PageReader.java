package io.tidemark.run.batch;

import io.tidemark.source.Answer;
import io.tidemark.source.Checkpoint;
import io.tidemark.source.Ending;
import io.tidemark.source.Failure;
import io.tidemark.source.Fetched;
import io.tidemark.source.Page;
import io.tidemark.source.PageCursor;
import io.tidemark.source.Staged;
import io.tidemark.stage.Stage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

/**
 * Reads a window page by page, and at its end asks the source for the last it has to say: after
 * this step nobody asks it any more.
 */
final class PageReader implements ItemStreamReader<Item> {
    /**
     * As much is one chunk, which is what a kill costs: committing it takes some milliseconds, and
     * a slow source fills it with a page.
     */
    private static final long CHUNK_NANOS = 200_000_000;

    private static final int CHUNK_PAGES = 16;
    private static final long CHUNK_BYTES = 4 << 20;

    private final Fetching fetching;
    private final LongSupplier stagedLength;
    private @Nullable PageCursor cursor;
    private Optional<Checkpoint> position;
    private Optional<Ending> ending = Optional.empty();
    private final boolean singly;
    private boolean ended;
    private @Nullable Failure failed; // behind pages that are kept
    private boolean finished;

    /**
     * @param stagedLength what of the stage is committed by now
     * @param singly whether each page is a chunk
     */
    PageReader(Fetching fetching, LongSupplier stagedLength, boolean singly) {
        this.fetching = fetching;
        this.stagedLength = stagedLength;
        this.singly = singly;
        this.position = fetching.begin();
    }

    @Override
    public void open(ExecutionContext context) {
        if (FetchResult.isBegun(context)) {
            position = FetchResult.checkpoint(context);
            finished = FetchResult.isFinished(context);
        }
    }

    @Override
    public @Nullable Item read() throws Exception {
        if (finished) {
            return null;
        }
        if (failed != null) {
            throw new SourceFailed(failed);
        }
        if (ended) {
            return last();
        }
        List<Page> pages = new ArrayList<>();
        long until = System.nanoTime() + CHUNK_NANOS;
        long bytes = 0;
        do {
            switch (cursor().next()) {
                case Fetched.Read(var page) -> {
                    pages.add(page);
                    bytes += page.bytes();
                    fetching.fetched().accept(page.records());
                }
                case Fetched.End end -> ended = true;
                case Fetched.Failed(var failure) -> {
                    if (pages.isEmpty()) {
                        throw new SourceFailed(failure);
                    }
                    failed = failure;
                }
            }
        } while (!ended
                && failed == null
                && !singly
                && pages.size() < CHUNK_PAGES
                && bytes < CHUNK_BYTES
                && System.nanoTime() < until);
        if (pages.isEmpty()) {
            return last();
        }
        position = Optional.of(pages.getLast().checkpoint());
        return new Item.Paged(pages);
    }

    @Override
    public void update(ExecutionContext context) {
        FetchResult.saveCheckpoint(context, position);
        ending.ifPresent(all -> FetchResult.saveEnding(context, all));
    }

    @Override
    public void close() {
        if (cursor != null) {
            cursor.close();
        }
    }

    private Item last() throws Exception {
        long length = stagedLength.getAsLong();
        Ending all =
                switch (cursor().end(new OfStage(fetching.stage(), length))) {
                    case Answer.Ok<Ending>(Ending said) -> said;
                    case Answer.Failed<Ending>(var failure) -> throw new SourceFailed(failure);
                };
        Set<String> moved = fetching.closing().moved(all, length);
        finished = true;
        ending = Optional.of(all);
        return new Item.Last(all, moved);
    }

    private PageCursor cursor() {
        PageCursor open = cursor;
        if (open == null) {
            open = fetching.source().read(fetching.window(), position);
            cursor = open;
        }
        return open;
    }

    /** What is staged, as a source may look at it. */
    private record OfStage(Stage stage, long length) implements Staged {
        @Override
        public boolean isEmpty() throws IOException {
            return stage.isEmpty(length);
        }

        @Override
        public void doubtful(Visitor visitor) throws IOException {
            stage.doubtful(length, visitor::row);
        }
    }
}
