package io.tidemark.stage;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.invocation.FunctionUrn;
import io.tidemark.invocation.Invocation;
import io.tidemark.invocation.InvocationStatus;
import io.tidemark.invocation.Quarantined;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where the records of one window wait until all of them are there: one append-only file in a
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
    // any order that brings equal ids together will do, and strings remember their hashes
    private static final SortOrder<Invocation> NEWEST_OF_EACH_ID =
            new SortOrder<>(
                    i -> i.requestId().hashCode(),
                    Comparator.comparing(Invocation::requestId)
                            .thenComparing(Invocation.BY_AGE_OF_STATE.reversed()),
                    Invocation::requestId);

    private static final SortOrder<Invocation> SINK_ORDER =
            new SortOrder<>(
                    i -> i.startTime() == null ? Long.MAX_VALUE : i.startTime().getEpochSecond(),
                    Invocation.SINK_ORDER,
                    Invocation::requestId);

    private static final SortOrder<Quarantined> EACH_QUARANTINED =
            new SortOrder<>(
                    q -> q.raw().hashCode(),
                    Comparator.comparing(Quarantined::raw).thenComparing(Quarantined::reason),
                    Function.identity());

    private final Path directory;
    private final Path pages;
    private final Path scratch;
    private final InvocationCodec records;
    private final QuarantinedCodec quarantined = new QuarantinedCodec();
    private final String title;

    private Stage(Path directory, FunctionUrn function) {
        this.directory = directory.toAbsolutePath();
        this.pages = this.directory.resolve("pages");
        this.scratch = this.directory.resolve("sort");
        this.records = new InvocationCodec(function);
        // with the statuses, since records hold their ordinals
        this.title =
                "stage 1 %s of %s"
                        .formatted(
                                Arrays.toString(InvocationStatus.values()), function.canonical());
    }

    /**
     * @param directory for this window alone: all that is in it belongs to the stage. Created by
     *     {@code openAt(0)}
     * @param function whose records these are
     */
    public static Stage in(Path directory, FunctionUrn function) {
        return new Stage(directory, function);
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
            return new StageWriter(begin(), title, records, quarantined);
        }
        scan(committedLength, (kind, frame) -> {});
        return new StageWriter(
                FrameWriter.continueAt(pages, committedLength), title, records, quarantined);
    }

    /**
     * What was committed, sorted and without duplicates. Earlier results of this stage must be
     * closed.
     *
     * @param committedLength as the last {@link StageWriter#commit()} said; what lies behind is
     *     left alone and not read
     * @param ofWindow which records belong to the window; asked of the newest state of each. The
     *     others are only counted
     * @throws StageLost where what was committed is not there any more
     */
    public SortedStage read(long committedLength, SortMemory memory, Predicate<Invocation> ofWindow)
            throws IOException {
        deleteTree(scratch);
        try {
            SortedStage sorted = sort(committedLength, memory, ofWindow);
            Failpoint.STAGE_SORTED.pass();
            return sorted;
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

    private SortedStage sort(
            long committedLength, SortMemory memory, Predicate<Invocation> ofWindow)
            throws IOException {
        SortMemory third = memory.part(3); // there are three sorts
        ExternalSort<Invocation> byId =
                new ExternalSort<>(scratch.resolve("by-id"), records, NEWEST_OF_EACH_ID, third);
        ExternalSort<Quarantined> unfit =
                new ExternalSort<>(
                        scratch.resolve("quarantined"), quarantined, EACH_QUARANTINED, third);
        scan(
                committedLength,
                (kind, frame) -> {
                    switch (kind) {
                        case RECORDS -> addAll(records, frame, byId);
                        case QUARANTINED -> addAll(quarantined, frame, unfit);
                        case TITLE -> throw new FrameReader.Damaged(pages, "it has two titles");
                    }
                });
        ExternalSort<Invocation> inOrder =
                new ExternalSort<>(scratch.resolve("in-order"), records, SINK_ORDER, third);
        long returned = 0;
        long ofThisWindow = 0;
        long open = 0;
        try (Sorted<Invocation> newest = byId.sorted()) {
            Cursor<Invocation> cursor = newest.open();
            for (Invocation i = cursor.next(); i != null; i = cursor.next()) {
                returned++;
                if (ofWindow.test(i)) {
                    inOrder.add(i);
                    ofThisWindow++;
                    open += i.status().isOpen() ? 1 : 0;
                }
            }
        }
        return new SortedStage(
                scratch, inOrder.sorted(), unfit.sorted(), returned, ofThisWindow, open);
    }

    private static <T> void addAll(Codec<T> codec, FrameBuffer frame, ExternalSort<T> sort)
            throws IOException {
        while (frame.hasMore()) {
            sort.add(codec.read(frame));
        }
    }

    private void scan(long committedLength, FrameVisitor visitor) throws IOException {
        if (committedLength == 0) {
            return;
        }
        try (FrameReader frames = pages(committedLength)) {
            frames.next();
            if (frames.kind() != FrameKind.TITLE || !frames.frame().getText().equals(title)) {
                throw new StageLost(
                        pages, "it is of another function or of another version of this program");
            }
            while (frames.next()) {
                visitor.visit(frames.kind(), frames.frame());
            }
        } catch (FrameReader.Damaged e) {
            throw new StageLost(pages, e.what());
        }
    }

    private FrameReader pages(long committedLength) throws IOException {
        try {
            return new FrameReader(pages, committedLength);
        } catch (NoSuchFileException e) {
            throw new StageLost(pages, "it is missing");
        }
    }

    private FrameWriter begin() throws IOException {
        try {
            deleteTree(directory);
            Path existing = directory;
            while (!Files.isDirectory(existing)) {
                existing = existing.getParent();
            }
            Files.createDirectories(directory);
            FrameWriter writer = FrameWriter.create(pages);
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

    private interface FrameVisitor {
        void visit(FrameKind kind, FrameBuffer frame) throws IOException;
    }
}
