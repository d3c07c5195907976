package io.tidemark.run;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.stage.Stage;
import io.tidemark.stage.StageLost;
import io.tidemark.stage.StageWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamWriter;

/**
 * Appends pages to the stage. Its committed length is saved beside the marker, in the transaction
 * of the chunk: what was written and not committed is cut off on restart.
 */
final class StagePageWriter implements ItemStreamWriter<NormalPage> {
    private static final String LENGTH = "stage.length";

    private final Stage stage;
    private final Runnable leaseCheck;
    private @Nullable StageWriter writer;

    /**
     * @param leaseCheck throws where another process may be filling the same stage by now
     */
    StagePageWriter(Stage stage, Runnable leaseCheck) {
        this.stage = stage;
        this.leaseCheck = leaseCheck;
    }

    /**
     * @throws BeginAnew where the stage is not what the execution context says it is
     */
    @Override
    public void open(ExecutionContext context) {
        boolean begun = FetchPosition.load(context).isPresent();
        try {
            writer = stage.openAt(begun ? lengthIn(context) : 0);
        } catch (StageLost lost) {
            throw new BeginAnew(lost.getMessage());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void write(Chunk<? extends NormalPage> pages) throws IOException {
        Failpoint.PAGE_READ.pass();
        leaseCheck.run();
        for (NormalPage page : pages) {
            writer().append(page.records(), page.quarantined());
        }
    }

    @Override
    public void update(ExecutionContext context) {
        try {
            context.putLong(LENGTH, writer().commit());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
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

    /** Fails where none was saved: a missing length is never taken for an empty stage. */
    static long lengthIn(ExecutionContext context) {
        return context.getLong(LENGTH);
    }

    private StageWriter writer() {
        if (writer == null) {
            throw new IllegalStateException("the stage is not open");
        }
        return writer;
    }
}
