package io.tidemark.run.batch;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.record.Rows;
import io.tidemark.stage.Answers;
import io.tidemark.stage.StageWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamWriter;

/**
 * Appends pages to the stage. Its committed length is saved beside the checkpoint, in the
 * transaction of the chunk: what was written and not committed is cut off on restart.
 */
final class StagePageWriter implements ItemStreamWriter<Item> {
    private final Fetching fetching;
    private final Consumer<Rows> written;
    private @Nullable StageWriter writer;
    private long committed;

    /**
     * @param written is given the rows that stand in the stage
     */
    StagePageWriter(Fetching fetching, Consumer<Rows> written) {
        this.fetching = fetching;
        this.written = written;
    }

    /** How much of the stage is on the disk. */
    long committed() {
        return committed;
    }

    @Override
    public void open(ExecutionContext context) {
        committed = FetchResult.isBegun(context) ? FetchResult.staged(context) : 0;
        try {
            writer = fetching.stage().openAt(committed);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void write(Chunk<? extends Item> items) throws IOException {
        if (items.getItems().stream().anyMatch(Item.Normal.class::isInstance)) {
            Failpoint.PAGE_READ.pass();
        }
        fetching.permit().run();
        for (Item item : items) {
            switch (item) {
                case Item.Normal(var rows, var rejected) -> {
                    writer().append(rows, rejected);
                    written.accept(rows);
                }
                case Item.Last(var ending, var moved) ->
                        writer().append(new Answers(ending.elsewhere(), moved));
                case Item.Paged raw -> throw new IllegalStateException("a page nobody normalised");
            }
        }
    }

    @Override
    public void update(ExecutionContext context) {
        try {
            committed = writer().commit();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        FetchResult.saveStaged(context, committed);
    }

    @Override
    public void close() {
        try {
            if (writer != null) {
                writer.close();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private StageWriter writer() {
        if (writer == null) {
            throw new IllegalStateException("the stage is not open");
        }
        return writer;
    }
}
