package io.tidemark.sink;

import io.tidemark.failpoint.Failpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.UUID;

/**
 * A file that nobody sees until it is whole. It is written under a name of its own beside the one
 * it is to have, {@code _<name>.<random>.tmp}, which readers of the tree skip for its beginning and
 * its end; then synced and renamed.
 *
 * <p>Whoever begins a draft removes those that others left of the same file. So nothing piles up
 * after crashes, and a process that was paused and replaced finds its draft gone and cannot publish
 * it over the newer file.
 */
final class Draft extends OutputStream {
    private static final String SUFFIX = ".tmp";

    private final Path file;
    private final Path draft;
    private final FileChannel channel;
    private final MessageDigest sha256 = Sha256.digest();
    private long bytes;
    private boolean published;

    /**
     * @param file the name it is to have; its directory exists
     */
    Draft(Path file) throws IOException {
        removeDraftsOf(file);
        this.file = file;
        this.draft = file.resolveSibling(prefix(file) + UUID.randomUUID() + SUFFIX);
        this.channel =
                FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Failpoint.DRAFT_BEGUN.pass();
    }

    /** Removes what interrupted attempts at this file left. */
    static void removeDraftsOf(Path file) throws IOException {
        String prefix = prefix(file);
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(file.resolveSibling(""))) {
            for (Path sibling : siblings) {
                String name = String.valueOf(sibling.getFileName());
                if (name.startsWith(prefix) && name.endsWith(SUFFIX)) {
                    Files.deleteIfExists(sibling);
                }
            }
        }
    }

    private static String prefix(Path file) {
        return "_" + file.getFileName() + ".";
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(from, offset, length);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
        sha256.update(from, offset, length);
        bytes += length;
    }

    /** Gives the file its name, durably, in place of what stood there. */
    void publish() throws IOException {
        Failpoint.DRAFT_WRITTEN.pass();
        channel.force(true);
        channel.close();
        Failpoint.DRAFT_SYNCED.pass();
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        published = true;
        Failpoint.DRAFT_RENAMED.pass();
        Disk.sync(file.resolveSibling(""));
        Failpoint.DIRECTORY_SYNCED.pass();
    }

    /** Where it stands until it is published. */
    Path path() {
        return draft;
    }

    /** The SHA-256 of what was written; nothing is written afterwards. */
    String sha256() {
        return Sha256.hex(sha256.digest());
    }

    /** How many bytes were written. */
    long bytes() {
        return bytes;
    }

    /** Throws the draft away, if it was not published. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (!published) {
            Files.deleteIfExists(draft);
        }
    }
}
