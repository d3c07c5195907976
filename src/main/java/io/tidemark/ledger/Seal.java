package io.tidemark.ledger;

import io.tidemark.sink.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an embedded database was when it was closed, in a file beside it: its length and its
 * SHA-256. The database itself does not notice that it was cut or overwritten; it goes back to the
 * last state it can make out, which may be an empty one.
 *
 * <p>Whoever opens or closes the database holds the file for so long, so that what it says and what
 * the database is belong together. While the database is open, and after its process was killed,
 * the file is empty.
 */
final class Seal implements AutoCloseable {
    private static final String BEGUN = "begun\n";

    private final Path database;
    private final FileChannel channel;
    private final FileLock lock;

    private Seal(Path database, FileChannel channel, FileLock lock) {
        this.database = database;
        this.channel = channel;
        this.lock = lock;
    }

    static Path fileOf(StateLocation.Directory directory, String job) {
        return directory.path().resolve(job + ".seal");
    }

    /** Empty where another holds it right now. */
    static Optional<Seal> hold(StateLocation.Directory directory, String job, Path database)
            throws IOException {
        FileChannel channel =
                FileChannel.open(
                        fileOf(directory, job),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException thisProcess) {
            // another thread of it
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        return Optional.ofNullable(lock).map(held -> new Seal(database, channel, held));
    }

    /** Half a sentence on how the database differs from what was closed; null where it does not. */
    @Nullable String difference() throws IOException {
        String[] closed = text().split(" ");
        if (closed.length != 2 || !Files.exists(database)) {
            return null;
        }
        if (!Files.isRegularFile(database)) {
            return "it is not a file";
        }
        long bytes = Long.parseLong(closed[0]);
        if (Files.size(database) != bytes) {
            return "it has %d bytes and had %d when it was closed"
                    .formatted(Files.size(database), bytes);
        }
        return sha256().equals(closed[1].strip())
                ? null
                : "it was changed since it was closed (SHA-256)";
    }

    /** Whether the database was never used: there may be a file, with nothing in it yet. */
    boolean isBegun() throws IOException {
        return text().equals(BEGUN);
    }

    /** The database is about to be made. */
    void begin() throws IOException {
        write(BEGUN);
    }

    /** The database is about to be changed. */
    void open() throws IOException {
        write("");
    }

    /** The database is closed, and is to be found as it is. */
    void seal() throws IOException {
        write("%d %s\n".formatted(Files.size(database), sha256()));
    }

    @Override
    public void close() {
        try (channel) {
            lock.release();
        } catch (IOException released) {
            // with the file
        }
    }

    private String text() throws IOException {
        ByteBuffer text = ByteBuffer.allocate((int) Math.min(channel.size(), 1024));
        channel.read(text, 0);
        String read = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII);
        // what was not written wholly says nothing
        return read.endsWith("\n") ? read : "";
    }

    private void write(String text) throws IOException {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
        channel.force(true);
    }

    private String sha256() throws IOException {
        try (SeekableByteChannel file = Files.newByteChannel(database)) {
            return Sha256.of(file);
        }
    }
}
