package io.tidemark.sink;

import io.tidemark.invocation.Invocation;
import io.tidemark.window.Window;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Iterator;
import java.util.UUID;

/** One file per window, in a tree that is partitioned by function and day. */
final class FileSink implements Sink {
    private static final int BUFFER = 1 << 16;

    private final String id;
    private final Path root;
    private final FileLayout layout;
    private final RecordFormat format;

    FileSink(String id, Path root, ZoneId zone, RecordFormat format) {
        this.id = id;
        this.root = root;
        this.layout = new FileLayout(zone);
        this.format = format;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public void check() throws SinkException {
        try {
            // asks by doing: permissions do not tell of read-only or full file systems
            Path directory = Disk.nearestExisting(root);
            Path probe = directory.resolve("_tidemark-check-" + UUID.randomUUID());
            Files.createFile(probe);
            Files.delete(probe);
        } catch (IOException e) {
            throw refusal(root, e);
        }
    }

    @Override
    public Receipt publish(Window window, int generation, Iterator<Invocation> records)
            throws SinkException {
        String place = layout.place(window, format.extension());
        Path file = root.resolve(place);
        try {
            if (!records.hasNext()) {
                remove(file);
                return new Receipt(id, null, 0, null, null);
            }
            Disk.makeDirectories(file.resolveSibling(""));
            try (Draft draft = new Draft(file)) {
                OutputStream out = new BufferedOutputStream(draft, BUFFER);
                long rows = format.write(records, out);
                out.flush();
                String sha256 = draft.publish();
                return new Receipt(id, place, rows, draft.bytes(), sha256);
            }
        } catch (IOException e) {
            throw refusal(file, e);
        }
    }

    private static void remove(Path file) throws IOException {
        Path directory = file.resolveSibling("");
        if (Files.isDirectory(directory)) {
            Draft.removeDraftsOf(file);
            if (Files.deleteIfExists(file)) {
                Disk.sync(directory);
            }
        }
    }

    private static SinkException refusal(Path path, IOException e) {
        return new SinkException(
                "cannot write %s: %s. Make it a place that can be written, with room on the disk, or give the sink another path; then apply again"
                        .formatted(path, Disk.reason(e)),
                e);
    }

    @Override
    public void close() {}
}
