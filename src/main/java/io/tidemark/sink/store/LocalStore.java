package io.tidemark.sink.store;

import io.tidemark.failpoint.Failpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.UUID;

/**
 * A directory of this machine. A file is written under a name of its own beside the one it is to
 * have, {@code _<name>.<random>.tmp}, which readers of the tree skip for its beginning and its end;
 * then synced and renamed.
 *
 * <p>Whoever begins a file removes the drafts that others left of it. So nothing piles up after
 * crashes, and a process that was paused and replaced finds its draft gone and cannot publish it
 * over the newer file.
 */
public final class LocalStore implements Store {
    private static final String SUFFIX = ".tmp";

    private final Path root;

    public LocalStore(Path root) {
        this.root = root;
    }

    @Override
    public boolean probe() throws IOException {
        // permissions do not tell of read-only or full file systems
        Path directory = Disk.nearestExisting(root);
        Path probe = directory.resolve("_tidemark-check-" + UUID.randomUUID());
        Files.createFile(probe);
        boolean caseCounts =
                !Files.exists(
                        directory.resolve(
                                probe.getFileName().toString().toUpperCase(java.util.Locale.ROOT)));
        Files.delete(probe);
        return caseCounts;
    }

    @Override
    public Optional<Stat> stat(String place) throws IOException {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(root.resolve(place), BasicFileAttributes.class);
            return Optional.of(
                    new Stat(
                            found.size(),
                            "%d %s %s"
                                    .formatted(
                                            found.size(),
                                            found.lastModifiedTime().toInstant(),
                                            found.fileKey()),
                            found.isRegularFile()));
        } catch (NoSuchFileException missing) {
            return Optional.empty();
        }
    }

    @Override
    public SeekableByteChannel open(String place) throws IOException {
        return Files.newByteChannel(root.resolve(place));
    }

    @Override
    public Upload begin(String place) throws IOException {
        Path file = root.resolve(place);
        Disk.makeDirectories(file.resolveSibling(""));
        removeDraftsOf(file);
        return new Draft(file);
    }

    @Override
    public void settle(String place) throws IOException {
        Path file = root.resolve(place);
        Disk.sync(file);
        Disk.sync(file.resolveSibling(""));
    }

    @Override
    public void delete(String place) throws IOException {
        Path file = root.resolve(place);
        Path directory = file.resolveSibling("");
        if (Files.isDirectory(directory)) {
            removeDraftsOf(file);
            if (Files.deleteIfExists(file)) {
                Disk.sync(directory);
            }
        }
    }

    @Override
    public String locate(String place) {
        return root.resolve(place).toString();
    }

    /** Removes what interrupted attempts at this file left. */
    private static void removeDraftsOf(Path file) throws IOException {
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

    /** A file that nobody sees until it is whole. */
    private final class Draft extends OutputStream implements Upload {
        private final Path file;
        private final Path draft;
        private final FileChannel channel;
        private boolean published;

        /**
         * @param file the name it is to have; its directory exists
         */
        Draft(Path file) throws IOException {
            this.file = file;
            this.draft = file.resolveSibling(prefix(file) + UUID.randomUUID() + SUFFIX);
            this.channel =
                    FileChannel.open(
                            draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Failpoint.DRAFT_BEGUN.pass();
        }

        @Override
        public OutputStream out() {
            return this;
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
        }

        @Override
        public Optional<Stat> publish(Optional<String> standing) throws IOException {
            Failpoint.DRAFT_WRITTEN.pass();
            channel.force(true);
            channel.close();
            Failpoint.DRAFT_SYNCED.pass();
            String place = root.relativize(file).toString();
            if (!stat(place).map(Stat::version).equals(standing)) {
                return Optional.empty();
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            published = true;
            Failpoint.DRAFT_RENAMED.pass();
            Disk.sync(file.resolveSibling(""));
            Failpoint.DIRECTORY_SYNCED.pass();
            return stat(place);
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
}
