package io.tidemark.stage;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.record.Field;
import io.tidemark.record.Row;
import io.tidemark.record.RowReader;
import io.tidemark.record.RowSource;
import io.tidemark.record.Rows;
import io.tidemark.record.Schema;
import io.tidemark.window.Feed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of one window wait until all of them are there: one append-only file in a
 * directory of its own.
 *
 * <p>The stage does not know what of it counts. Whoever fills it remembers the length that {@link
 * StageWriter#commit()} returns, beside the position in the source, and comes back with it: what
 * lies behind that length never happened. A length of 0 is a stage without anything.
 *
 * <p>Everything read is compared with its checksum before it is believed. Used by one thread and
 * one process at a time; the lease sees to the latter.
 */
public final class Stage {
    /** Rejected records are sorted as rows of their own, by what they are. */
    private static final Schema REJECTED =
            new Schema(
                    "rejected",
                    List.of(
                            Field.required("raw"),
                            Field.required("reason"),
                            Field.state(
                                    "state",
                                    List.of(new Field.Word("REJECTED", 0, Field.Outlook.FINAL))),
                            Field.optional("time", Field.Type.TIMESTAMP)),
                    "raw",
                    "state",
                    "time",
                    "time",
                    List.of("reason"));

    static final int REJECTED_REASON = REJECTED.index("reason");

    /**
     * There are as many sorts of rows at once, and one of ids for each set they are compared with.
     */
    private static final int SORTS = 3;

    private final Path directory;
    private final Path pages;
    private final Path scratch;
    private final Schema schema;
    private final Feed feed;
    private final String title;

    private Stage(Path directory, Schema schema, Feed feed) {
        this.directory = directory.toAbsolutePath();
        this.pages = this.directory.resolve("pages");
        this.scratch = this.directory.resolve("sort");
        this.schema = schema;
        this.feed = feed;
        // with fields and words, since rows hold their numbers
        this.title = "stage 2 %s of %s".formatted(schema.fields(), feed.id());
    }

    /**
     * @param directory for this window alone: all that is in it belongs to the stage. Created by
     *     {@code openAt(0)}
     * @param feed whose rows these are
     */
    public static Stage in(Path directory, Schema schema, Feed feed) {
        return new Stage(directory, schema, feed);
    }

    /**
     * Goes on filling the stage from a length that was committed, after all of it up to there was
     * checked. What lies behind is cut off.
     *
     * @param committedLength 0 begins anew: whatever was there is deleted
     * @throws StageLost where what was committed is not there any more; nothing was changed
     */
    public StageWriter openAt(long committedLength) throws IOException {
        if (committedLength == 0) {
            return new StageWriter(begin(), title, row());
        }
        scan(committedLength, block -> {});
        return new StageWriter(Blocks.Writer.continueAt(pages, committedLength), title, row());
    }

    /** Whether no record was staged, not even one that was rejected. */
    public boolean isEmpty(long committedLength) throws IOException {
        boolean[] empty = {true};
        scan(
                committedLength,
                block ->
                        empty[0] &= block.kind() != Blocks.ROWS && block.kind() != Blocks.REJECTED);
        return empty[0];
    }

    /** Is told of a row. */
    public interface DoubtVisitor {
        void row(int place, String id);
    }

    /** Tells of every row whose place is the source's own, in the order they arrived in. */
    public void doubtful(long committedLength, DoubtVisitor visitor) throws IOException {
        Row row = row();
        scan(
                committedLength,
                block -> {
                    if (block.kind() == Blocks.ROWS) {
                        for (int at = 1; at < block.end(); at += row.length()) {
                            row.at(block.data(), at);
                            if (row.place() > Row.ELSEWHERE) {
                                visitor.row(row.place(), row.id());
                            }
                        }
                    }
                });
    }

    /**
     * Which records of a set are not among those of the window that were staged.
     *
     * @param elsewhere as in {@link Answers}, which are not staged yet
     * @param standing in the order of sinks. What is damaged there is not missed
     */
    public Missing missing(
            long committedLength,
            SortMemory memory,
            Map<String, Integer> elsewhere,
            RowSource standing)
            throws IOException {
        return sort(committedLength, memory, List.of(standing), new Answers(elsewhere, Set.of()))
                .missing()
                .getFirst();
    }

    /**
     * What was committed, sorted and without duplicates. Earlier results of this stage are of no
     * use any more.
     *
     * @param committedLength as the last {@link StageWriter#commit()} said; what lies behind is
     *     left alone and not read
     * @param standing sets of rows to be compared with what was staged, each in the order of sinks.
     *     What is damaged there is not missed
     * @throws StageLost where what was committed is not there any more
     */
    public Ordered sort(long committedLength, SortMemory memory, List<RowSource> standing)
            throws IOException {
        Ordered ordered = sort(committedLength, memory, standing, null);
        Failpoint.STAGE_SORTED.pass();
        return ordered;
    }

    private Ordered sort(
            long committedLength,
            SortMemory memory,
            List<RowSource> standing,
            @Nullable Answers given)
            throws IOException {
        deleteTree(scratch);
        try {
            SortMemory part = memory.share(1, SORTS * (2 + standing.size()));
            // alone it is enough for rows that fit into memory
            RowSort byId = sortOf("by-id", schema, RowSort.By.ID, memory.share(2, SORTS));
            RowSort rejected = sortOf("rejected", REJECTED, RowSort.By.ID, part);
            Answers answers = take(committedLength, byId, rejected);
            if (given != null) {
                answers = given;
            }
            List<RowSource> ids = new ArrayList<>();
            for (RowSource set : standing) {
                ids.add(idsOf(set, "standing-" + ids.size(), part));
            }
            RowSource sorted = byId.sorted();
            RowSort inOrder =
                    byId.isInMemory()
                            ? byId.again(RowSort.By.ORDER)
                            : sortOf("in-order", schema, RowSort.By.ORDER, part);
            Distinct distinctRejected = distinct(rejected.sorted(), REJECTED);
            Merging merging = new Merging(answers, inOrder);
            List<Missing> missing = merging.run(distinct(sorted, schema), ids);
            byId.close();
            return new Ordered(
                    merging.numbers(count(distinctRejected)),
                    missing,
                    answers.moved().size(),
                    whole(inOrder, part),
                    distinctRejected,
                    scratch);
        } catch (IOException | RuntimeException e) {
            deleteTree(scratch);
            throw e;
        }
    }

    /** Deletes the directory and all that is in it; nothing happens where there is none. */
    public void delete() throws IOException {
        deleteTree(directory);
        Failpoint.STAGE_DELETED.pass();
    }

    /** What is to be read several times: of what is not in memory, one file, written whole. */
    private RowSource whole(RowSort sort, SortMemory memory) throws IOException {
        RowSource sorted = sort.sorted();
        if (sort.isInMemory()) {
            return new Reordered(sorted, sort.again(RowSort.By.KEY));
        }
        Path file = scratch.resolve("ordered");
        long length;
        try (RowReader rows = sorted.open()) {
            length = RowSort.write(rows, file);
        }
        sort.close();
        return new Reordered(
                () -> new RowSort.InFile(file, length, schema, feed.values()),
                sortOf("by-key", schema, RowSort.By.KEY, memory));
    }

    /** Rows, and the same rows in another order, into which they are brought once it is needed. */
    private static final class Reordered implements RowSource {
        private final RowSource rows;
        private final RowSort sort;
        private @Nullable RowSource sorted;

        Reordered(RowSource rows, RowSort sort) {
            this.rows = rows;
            this.sort = sort;
        }

        @Override
        public RowReader open() throws IOException {
            return rows.open();
        }

        @Override
        public synchronized RowReader byId() throws IOException {
            RowSource known = sorted;
            if (known == null) {
                try (RowReader all = rows.open()) {
                    while (all.next()) {
                        sort.add(all.row());
                    }
                }
                known = sort.sorted();
                sorted = known;
            }
            return known.open();
        }
    }

    private static long count(RowSource rows) throws IOException {
        long count = 0;
        try (RowReader all = rows.open()) {
            while (all.next()) {
                count++;
            }
        }
        return count;
    }

    private RowSort sortOf(String name, Schema of, RowSort.By by, SortMemory memory) {
        return new RowSort(
                scratch.resolve(name), of, of == schema ? feed.values() : List.of(), by, memory);
    }

    /** Puts what was staged into the sorts; returns what the source said at the end. */
    private Answers take(long committedLength, RowSort byId, RowSort rejected) throws IOException {
        Answers[] answers = {Answers.NONE};
        Row row = row();
        Rows one = new Rows(REJECTED);
        Row unfit = new Row(REJECTED, List.of());
        scan(
                committedLength,
                block -> {
                    switch (block.kind()) {
                        case Blocks.ROWS -> {
                            for (int at = 1; at < block.end(); at += row.length()) {
                                byId.add(row.at(block.data(), at));
                            }
                        }
                        case Blocks.REJECTED -> {
                            ByteBuffer in = contentOf(block);
                            while (in.hasRemaining()) {
                                one.clear();
                                one.begin().state(0);
                                one.text(0, getText(in)).text(REJECTED_REASON, getText(in)).end();
                                rejected.add(unfit.at(one.data(), 0));
                            }
                        }
                        case Blocks.ANSWERS -> answers[0] = answers(contentOf(block));
                        default -> throw new Blocks.Damaged(pages, "it holds what nobody knows");
                    }
                });
        return answers[0];
    }

    private static Answers answers(ByteBuffer in) {
        Map<String, Integer> elsewhere = new HashMap<>();
        for (int left = in.getInt(); left > 0; left--) {
            elsewhere.put(getText(in), in.getInt());
        }
        Set<String> moved = new HashSet<>();
        for (int left = in.getInt(); left > 0; left--) {
            moved.add(getText(in));
        }
        return new Answers(elsewhere, moved);
    }

    private static ByteBuffer contentOf(Blocks.Reader block) {
        return ByteBuffer.wrap(block.data(), 1, block.end() - 1);
    }

    private static String getText(ByteBuffer in) {
        byte[] utf8 = new byte[in.getInt()];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** The ids of a set, in the order of {@link RowSort.By#ID}. */
    private RowSource idsOf(RowSource set, String name, SortMemory memory) throws IOException {
        RowSort ids = sortOf(name, schema, RowSort.By.ID, memory);
        Rows one = new Rows(schema);
        Row id = row();
        try (RowReader rows = set.open()) {
            while (rows.next()) {
                one.clear();
                one.addId(rows.row());
                ids.add(id.at(one.data(), 0));
            }
        } catch (FileSystemException e) {
            throw e; // a file that may not be read is not a damaged one
        } catch (IOException damaged) {
            ids.close();
            return () -> new Rows(schema).reader(feed.values());
        }
        return ids.sorted();
    }

    private Row row() {
        return new Row(schema, feed.values());
    }

    /** Goes through the window by id, and counts. */
    private final class Merging {
        private final Answers answers;
        private final RowSort inOrder;
        private final long[] byPlace = new long[Row.PLACES];
        private long returned;
        private long rows;
        private long open;

        Merging(Answers answers, RowSort inOrder) {
            this.answers = answers;
            this.inOrder = inOrder;
        }

        List<Missing> run(RowSource newest, List<RowSource> standing) throws IOException {
            List<Seeker> seekers = new ArrayList<>();
            try (RowReader all = newest.open()) {
                for (RowSource set : standing) {
                    seekers.add(new Seeker(set.open(), answers.moved()));
                }
                while (all.next()) {
                    Row row = all.row();
                    returned++;
                    if (isOfTheWindow(row)) {
                        for (Seeker seeker : seekers) {
                            seeker.found(row);
                        }
                        keep(row);
                    }
                }
                List<Missing> missing = new ArrayList<>();
                for (Seeker seeker : seekers) {
                    missing.add(seeker.rest());
                }
                return missing;
            } finally {
                for (Seeker seeker : seekers) {
                    seeker.sought.close();
                }
            }
        }

        Numbers numbers(long rejected) {
            return new Numbers(returned, rows, open, rejected, byPlace);
        }

        private boolean isOfTheWindow(Row row) {
            int place = row.place();
            if (place == Row.HERE) {
                return true;
            }
            return place != Row.ELSEWHERE
                    && (answers.elsewhere().isEmpty()
                            || (answers.elsewhere().getOrDefault(row.id(), 0) & 1 << place) == 0);
        }

        private void keep(Row row) throws IOException {
            rows++;
            byPlace[row.place()]++;
            if (row.isOpen()) {
                open++;
            }
            inOrder.add(row);
        }
    }

    /** Goes through ids that are sought beside those that are found. */
    private static final class Seeker {
        private final RowReader sought;
        private final Set<String> moved;
        private final List<String> ids = new ArrayList<>();
        private long count;
        private boolean isAtOne;

        Seeker(RowReader sought, Set<String> moved) throws IOException {
            this.sought = sought;
            this.moved = moved;
            this.isAtOne = sought.next();
        }

        void found(Row row) throws IOException {
            while (isAtOne) {
                int order = RowSort.compareIds(sought.row(), row);
                if (order > 0) {
                    return;
                }
                if (order < 0) {
                    miss();
                }
                isAtOne = sought.next();
            }
        }

        Missing rest() throws IOException {
            while (isAtOne) {
                miss();
                isAtOne = sought.next();
            }
            return new Missing(count, ids);
        }

        private void miss() {
            if (!moved.isEmpty() && moved.contains(sought.row().id())) {
                return;
            }
            count++;
            if (ids.size() < Missing.MOST_IDS) {
                ids.add(sought.row().id());
            }
        }
    }

    private Distinct distinct(RowSource sorted, Schema of) {
        return new Distinct(sorted, new Row(of, of == schema ? feed.values() : List.of()));
    }

    /**
     * Of rows with the same id, the first; of rejected records, which have none, each that differs.
     *
     * @param before a view for the row that was seen last
     */
    private record Distinct(RowSource sorted, Row before) implements RowSource {
        @Override
        public RowReader open() throws IOException {
            RowReader all = sorted.open();
            Rows last = new Rows(before.schema());
            return new RowReader() {
                @Override
                public boolean next() throws IOException {
                    while (all.next()) {
                        Row row = all.row();
                        if (last.isEmpty() || isAnother(row)) {
                            last.clear();
                            if (before.schema() == REJECTED) {
                                last.add(row.data(), row.offset(), row.length());
                            } else {
                                last.addId(row);
                            }
                            return true;
                        }
                    }
                    return false;
                }

                private boolean isAnother(Row row) {
                    before.at(last.data(), 0);
                    return before.compareIds(row) != 0
                            || before.schema() == REJECTED && before.compareAge(row) != 0;
                }

                @Override
                public Row row() {
                    return all.row();
                }

                @Override
                public void close() throws IOException {
                    all.close();
                }
            };
        }
    }

    private void scan(long committedLength, BlockVisitor visitor) throws IOException {
        if (committedLength == 0) {
            return;
        }
        try (Blocks.Reader blocks = open(committedLength)) {
            blocks.next();
            if (blocks.kind() != Blocks.TITLE || !getText(contentOf(blocks)).equals(title)) {
                throw new StageLost(
                        pages, "it is of another feed or of another version of this program");
            }
            while (blocks.next()) {
                visitor.visit(blocks);
            }
        } catch (Blocks.Damaged e) {
            throw new StageLost(pages, e.what());
        }
    }

    private Blocks.Reader open(long committedLength) throws IOException {
        try {
            return new Blocks.Reader(pages, committedLength);
        } catch (NoSuchFileException e) {
            throw new StageLost(pages, "it is missing");
        }
    }

    private Blocks.Writer begin() throws IOException {
        try {
            deleteTree(directory);
            Path existing = directory;
            while (!Files.isDirectory(existing)) {
                existing = existing.getParent();
            }
            Files.createDirectories(directory);
            Blocks.Writer writer = Blocks.Writer.create(pages);
            // a file is only found again after a power failure when its directories know of it
            Path created = directory;
            while (created != null && created.startsWith(existing)) {
                force(created);
                created = created.getParent();
            }
            return writer;
        } catch (FileSystemException e) {
            throw new IOException(
                    "cannot begin a stage in %s (%s: %s); see that it can be written to"
                            .formatted(directory, e.getClass().getSimpleName(), e.getMessage()),
                    e);
        }
    }

    private static void force(Path existingDirectory) throws IOException {
        try (FileChannel channel = FileChannel.open(existingDirectory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Deletes a directory and all that is in it; nothing happens where there is none. */
    public static void deleteTree(Path root) throws IOException {
        if (Files.notExists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @Nullable IOException failure) throws IOException {
                        if (failure != null) {
                            throw failure;
                        }
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private interface BlockVisitor {
        void visit(Blocks.Reader block) throws IOException;
    }
}
