package io.tidemark.sink;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.invocation.Invocation;
import io.tidemark.window.Window;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One file per window, in a tree that is partitioned by function and day. */
final class FileSink implements Sink {
    private static final int BUFFER = 1 << 16;

    private final String id;
    private final Path root;
    private final FileLayout layout;
    private final RecordFormat format;
    private final Optional<FileSink> former;

    FileSink(String id, Path root, ZoneId zone, RecordFormat format) {
        this(id, root, zone, format, Optional.empty());
    }

    /**
     * @param former {@link Sink#former()}
     */
    FileSink(String id, Path root, ZoneId zone, RecordFormat format, Optional<FileSink> former) {
        this.id = id;
        this.root = root;
        this.layout = new FileLayout(zone);
        this.format = format;
        this.former = former;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Optional<Sink> former() {
        return former.map(Sink.class::cast);
    }

    @Override
    public void check(Collection<FunctionUrn> functions) throws SinkException {
        boolean caseCounts;
        try {
            // asks by doing: permissions do not tell of read-only or full file systems
            Path directory = Disk.nearestExisting(root);
            Path probe = directory.resolve("_tidemark-check-" + UUID.randomUUID());
            Files.createFile(probe);
            Path shouted =
                    directory.resolve(probe.getFileName().toString().toUpperCase(Locale.ROOT));
            caseCounts = !Files.exists(shouted);
            Files.delete(probe);
        } catch (IOException e) {
            throw refusal(root, e);
        }
        Optional<String> clash = FileLayout.clash(functions, caseCounts);
        if (clash.isPresent()) {
            throw new SinkException(
                    "cannot keep files of two functions apart below %s: %s would share a directory. Export them by two jobs, each with a path of its own"
                            .formatted(root, clash.get()));
        }
    }

    @Override
    public Receipt publish(
            Window window, int generation, long mayLack, Iterator<Invocation> records)
            throws SinkException {
        String place = layout.place(window, format.extension());
        Path file = root.resolve(place);
        try {
            if (!records.hasNext()) {
                remove(file, window.function(), mayLack);
                return new Receipt(id, null, 0, null, null);
            }
            Disk.makeDirectories(file.resolveSibling(""));
            try (Draft draft = new Draft(file)) {
                OutputStream out = new BufferedOutputStream(draft, BUFFER);
                long rows = format.write(records, out);
                out.flush();
                String sha256 = draft.sha256();
                if (stands(file, draft.bytes(), sha256)) {
                    // whoever put it there may not have waited until it was on the disk
                    Disk.sync(file);
                    Disk.sync(file.resolveSibling(""));
                } else {
                    refuseFewer(file, window.function(), rows, mayLack);
                    refuseOthers(file, draft.path(), rows, mayLack);
                    draft.publish();
                }
                return new Receipt(id, place, rows, draft.bytes(), sha256);
            }
        } catch (IOException e) {
            throw refusal(file, e);
        }
    }

    private static boolean stands(Path file, long bytes, String sha256) throws IOException {
        BasicFileAttributes found = found(file);
        return found != null
                && found.isRegularFile()
                && found.size() == bytes
                && Sha256.of(file).equals(sha256);
    }

    private void remove(Path file, FunctionUrn function, long mayLack)
            throws IOException, SinkException {
        refuseFewer(file, function, 0, mayLack);
        Path directory = file.resolveSibling("");
        if (Files.isDirectory(directory)) {
            Draft.removeDraftsOf(file);
            if (Files.deleteIfExists(file)) {
                Disk.sync(directory);
            }
        }
    }

    /** Keeps a file that has more records than are to take its place, or another function's. */
    private void refuseFewer(Path file, FunctionUrn function, long rows, long mayLack)
            throws IOException, SinkException {
        BasicFileAttributes found = found(file);
        if (found == null || !found.isRegularFile()) {
            return;
        }
        long standing;
        try {
            refuseOtherOwner(file, function);
            standing = format.count(file);
        } catch (FileSystemException e) {
            // a file that may not be read is not a damaged one
            throw e;
        } catch (IOException damaged) {
            return;
        }
        if (standing - mayLack > rows) {
            throw new SinkException(
                    "cannot replace %s: it has %d records, and there are only %d to take their place%s. The file stays as it is; move it away if it is really to be replaced, then apply again"
                            .formatted(file, standing, rows, moved(mayLack)));
        }
    }

    /** Keeps a file that has records which are not among those that are to take its place. */
    private void refuseOthers(Path file, Path draft, long rows, long mayLack)
            throws IOException, SinkException {
        BasicFileAttributes found = found(file);
        if (found == null || !found.isRegularFile()) {
            return;
        }
        KnownIds fresh = new KnownIds(rows);
        try (InvocationReader records = format.read(draft)) {
            records.forEachRemaining(record -> fresh.add(record.requestId()));
        }
        long others;
        try {
            others = others(file, format, fresh);
            if (others > mayLack && former.isPresent()) {
                others = Math.min(others, others(file, former.get().format, fresh));
            }
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException | UncheckedIOException damaged) {
            return;
        }
        if (others > mayLack) {
            throw new SinkException(
                    "cannot replace %s: %d of its records are not among those that are to take their place%s, as when another job or another state writes there. The file stays as it is; give each job a path of its own, or move the file away if it is really to be replaced, then apply again"
                            .formatted(file, others, moved(mayLack)));
        }
    }

    private static long others(Path file, RecordFormat form, KnownIds fresh) throws IOException {
        long others = 0;
        try (InvocationReader records = form.read(file)) {
            while (records.hasNext()) {
                others += fresh.contains(records.next().requestId()) ? 0 : 1;
            }
        }
        return others;
    }

    /**
     * The names of files say neither region nor project, and some file systems do not tell capitals
     * from small letters: what a file is replaced by has to be of the function that is in it.
     */
    private void refuseOtherOwner(Path file, FunctionUrn function)
            throws IOException, SinkException {
        FunctionUrn owner;
        try (InvocationReader records = format.read(file)) {
            if (!records.hasNext()) {
                return;
            }
            owner = records.next().function();
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException | UncheckedIOException unreadable) {
            return; // then it is nobody's
        }
        if (!owner.equals(function)) {
            throw new SinkException(
                    "cannot replace %s: it holds records of %s, and these are of %s. The file stays as it is; give the sink another path, then apply again"
                            .formatted(file, owner, function));
        }
    }

    private static String moved(long mayLack) {
        return mayLack == 0 ? "" : ", besides %d that moved to other windows".formatted(mayLack);
    }

    @Override
    public SortedMap<Window, String> differences(
            Map<Window, Receipt> receipts, Thoroughness thoroughness) throws SinkException {
        SortedMap<Window, String> differences = new TreeMap<>();
        for (Map.Entry<Window, Receipt> entry : receipts.entrySet()) {
            Window window = entry.getKey();
            Receipt receipt = entry.getValue();
            String place = receipt.place();
            Path file =
                    root.resolve(place == null ? layout.place(window, format.extension()) : place);
            try {
                String difference = difference(file, receipt, thoroughness);
                if (difference != null) {
                    differences.put(window, difference);
                }
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }
        return differences;
    }

    private @Nullable String difference(Path file, Receipt receipt, Thoroughness thoroughness)
            throws IOException {
        BasicFileAttributes found = found(file);
        if (receipt.place() == null) {
            return found == null ? null : "a file is there, its receipt says none";
        }
        if (found == null) {
            return "the file is missing";
        }
        if (!found.isRegularFile()) {
            return "what is there is not a file";
        }
        if (!Objects.equals(found.size(), receipt.bytes())) {
            return "the file has %d bytes, its receipt says %d"
                    .formatted(found.size(), receipt.bytes());
        }
        return switch (thoroughness) {
            case GLANCE -> null;
            case EVERY_BYTE -> differenceWithin(file, receipt);
        };
    }

    private @Nullable String differenceWithin(Path file, Receipt receipt) throws IOException {
        if (!Sha256.of(file).equals(receipt.sha256())) {
            return "the file's content is not what its receipt says (SHA-256)";
        }
        long records;
        try {
            records = format.count(file);
        } catch (IOException e) {
            return "the file cannot be read: " + Disk.reason(e);
        }
        return records == receipt.rows()
                ? null
                : "the file has %d records, its receipt says %d".formatted(records, receipt.rows());
    }

    @Override
    public Optional<InvocationReader> read(Window window, Receipt receipt) throws SinkException {
        String place = receipt.place();
        if (place == null) {
            return Optional.of(new NoRecords());
        }
        Path file = root.resolve(place);
        try {
            BasicFileAttributes found = found(file);
            boolean stands =
                    found != null
                            && found.isRegularFile()
                            && Sha256.of(file).equals(receipt.sha256());
            return stands ? Optional.of(format.read(file)) : Optional.empty();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** What there is to read of a window that has no file. */
    private static final class NoRecords extends RowReader {
        @Override
        @Nullable Row nextRow() {
            return null;
        }

        @Override
        public void close() {}
    }

    private static @Nullable BasicFileAttributes found(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException missing) {
            return null;
        }
    }

    private static SinkException refusal(Path path, IOException e) {
        return new SinkException(
                "cannot write %s: %s. Make it a place that can be written, with room on the disk, or give the sink another path; then apply again"
                        .formatted(path, Disk.reason(e)),
                e);
    }

    private static SinkException unreadable(Path path, IOException e) {
        return new SinkException(
                "cannot read %s: %s. Let this user read it, or see whether the disk is well; then try again"
                        .formatted(path, Disk.reason(e)),
                e);
    }

    @Override
    public void close() {}
}
