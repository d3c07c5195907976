package io.tidemark.stage;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.record.Bytes;
import io.tidemark.record.Rejected;
import io.tidemark.record.Row;
import io.tidemark.record.Rows;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Fills a stage, page by page. */
public final class StageWriter implements Closeable {
    private final Blocks.Writer blocks;
    private final String title;
    private final Row row;

    StageWriter(Blocks.Writer blocks, String title, Row row) {
        this.blocks = blocks;
        this.title = title;
        this.row = row;
    }

    /**
     * Appends one page. It does not count before it is committed. A page that failed may be
     * appended again, since duplicates fall out on the way out.
     *
     * @param page rows of the stage's feed, in any order
     */
    public void append(Rows page, List<Rejected> rejected) throws IOException {
        begin();
        Bytes block = blocks.begin(Blocks.ROWS);
        int at = 0;
        while (at < page.size()) {
            int end = at;
            while (end < page.size() && end - at < Blocks.BLOCK_BYTES) {
                end += row.at(page.data(), end).length();
            }
            block.put(page.data(), at, end - at);
            blocks.append();
            block = blocks.begin(Blocks.ROWS);
            at = end;
        }
        block = blocks.begin(Blocks.REJECTED);
        for (Rejected one : rejected) {
            putText(one.raw(), block);
            putText(one.reason(), block);
            if (blocks.isFull()) {
                blocks.append();
                block = blocks.begin(Blocks.REJECTED);
            }
        }
        blocks.append();
        Failpoint.PAGE_APPENDED.pass();
    }

    /** Appends what the source said at the end; what it said before does not count any more. */
    public void append(Answers answers) throws IOException {
        begin();
        Bytes block = blocks.begin(Blocks.ANSWERS);
        block.putInt(answers.elsewhere().size());
        for (Map.Entry<String, Integer> one : answers.elsewhere().entrySet()) {
            putText(one.getKey(), block);
            block.putInt(one.getValue());
        }
        block.putInt(answers.moved().size());
        answers.moved().forEach(id -> putText(id, block));
        blocks.append();
    }

    /**
     * Makes everything appended so far survive the loss of power. After a failure this writer is of
     * no use any more.
     *
     * @return the length to come back with
     */
    public long commit() throws IOException {
        blocks.force();
        Failpoint.STAGE_SYNCED.pass();
        return blocks.length();
    }

    /** What was appended since the last commit is not made durable. */
    @Override
    public void close() throws IOException {
        blocks.close();
        Failpoint.STAGE_CLOSED.pass();
    }

    private void begin() throws IOException {
        if (blocks.length() == 0) {
            putText(title, blocks.begin(Blocks.TITLE));
            blocks.append();
        }
    }

    private static void putText(String text, Bytes to) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        to.putInt(utf8.length);
        to.put(utf8);
    }
}
