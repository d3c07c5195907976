package io.tidemark.stage;

import io.tidemark.record.Row;
import io.tidemark.record.RowReader;
import io.tidemark.record.Rows;
import io.tidemark.testing.Records;
import io.tidemark.window.Feed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** 100,000 rows: staged and synced, and sorted, with and without memory for all of them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 2)
public class StageBench {
    private static final int PAGES = 200;
    private static final int ROWS = 500;

    @Param({"64", "2"})
    public int megabytes;

    private final Feed feed =
            io.tidemark.source.functiongraph.FunctionGraph.feed(
                    "urn:fss:eu-de:p1:function:default:orders");
    private final Rows[] pages = new Rows[PAGES];
    private Path directory = Path.of("");
    private Stage filled = Stage.in(directory, Records.SCHEMA, feed);
    private long length;

    @Setup
    public void pages() throws Exception {
        directory = Files.createTempDirectory("stage-bench");
        Random random = new Random(1);
        int id = Records.SCHEMA.index("request_id");
        int start = Records.SCHEMA.index("start_time");
        for (int p = 0; p < PAGES; p++) {
            pages[p] = new Rows(Records.SCHEMA);
            for (int r = 0; r < ROWS; r++) {
                pages[p].begin().place(Row.HERE).state(0);
                pages[p].text(id, new UUID(random.nextLong(), random.nextLong()).toString());
                pages[p].number(start, 1_790_000_000_000_000L - 1_000_000L * (p * ROWS + r));
                pages[p].end();
            }
        }
        filled = Stage.in(directory.resolve("filled"), Records.SCHEMA, feed);
        length = fill(filled);
    }

    @TearDown
    public void delete() throws Exception {
        Stage.deleteTree(directory);
    }

    private long fill(Stage stage) throws Exception {
        try (StageWriter writer = stage.openAt(0)) {
            for (Rows page : pages) {
                writer.append(page, List.of());
            }
            return writer.commit();
        }
    }

    @Benchmark
    public long append() throws Exception {
        return fill(Stage.in(directory.resolve("appended"), Records.SCHEMA, feed));
    }

    @Benchmark
    public long sortAndMerge() throws Exception {
        long rows = 0;
        try (Ordered ordered =
                        filled.sort(length, SortMemory.ofMegabytes(megabytes), List.of());
                RowReader all = ordered.rows().open()) {
            while (all.next()) {
                rows++;
            }
        }
        return rows;
    }
}
