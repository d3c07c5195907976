package io.tidemark.stage;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.invocation.Invocation;
import io.tidemark.invocation.Quarantined;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Fills a stage, page by page. */
public final class StageWriter implements Closeable {
    private final FrameWriter frames;
    private final String title;
    private final InvocationCodec records;
    private final QuarantinedCodec quarantined;

    StageWriter(
            FrameWriter frames,
            String title,
            InvocationCodec records,
            QuarantinedCodec quarantined) {
        this.frames = frames;
        this.title = title;
        this.records = records;
        this.quarantined = quarantined;
    }

    /**
     * Appends one page. It does not count before it is committed. A page that failed may be
     * appended again, since duplicates fall out on the way out.
     *
     * @param page records of the stage's function, in any order
     */
    public void append(List<Invocation> page, List<Quarantined> unfit) throws IOException {
        if (frames.length() == 0) {
            frames.write(new TitleCodec(), Cursor.over(List.of(title).iterator()));
        }
        frames.write(records, Cursor.over(page.iterator()));
        frames.write(quarantined, Cursor.over(unfit.iterator()));
        Failpoint.PAGE_APPENDED.pass();
    }

    /**
     * Makes everything appended so far survive the loss of power. After a failure this writer is of
     * no use any more.
     *
     * @return the length to come back with
     */
    public long commit() throws IOException {
        frames.force();
        Failpoint.STAGE_SYNCED.pass();
        return frames.length();
    }

    /** What was appended since the last commit is not made durable. */
    @Override
    public void close() throws IOException {
        frames.close();
        Failpoint.STAGE_CLOSED.pass();
    }
}
