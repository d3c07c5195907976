package io.tidemark.sink.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/** What has to be done so that a name in a directory survives a loss of power. */
public final class Disk {
    private Disk() {}

    /**
     * Makes the directory and those above it that are missing, durably. One thread at a time:
     * whoever finds a directory that another thread has just made may rely on its being durable.
     */
    static synchronized void makeDirectories(Path directory) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path at = directory.toAbsolutePath();
                at != null && !Files.isDirectory(at);
                at = at.getParent()) {
            missing.push(at);
        }
        for (Path next : missing) {
            try {
                Files.createDirectory(next);
            } catch (FileAlreadyExistsException e) {
                if (!Files.isDirectory(next)) {
                    throw new NotDirectoryException(next.toString());
                }
            }
            Path parent = next.getParent();
            if (parent != null) {
                sync(parent);
            }
        }
    }

    /** Makes durable what is in the file, or which names stand in the directory. */
    static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** The nearest directory that is there: this one or one above it. */
    static Path nearestExisting(Path directory) throws IOException {
        Path at = directory.toAbsolutePath().normalize();
        for (Path up = at; up != null; up = up.getParent()) {
            if (Files.isDirectory(up)) {
                return up;
            }
            if (Files.exists(up)) {
                throw new NotDirectoryException(up.toString());
            }
        }
        throw new NoSuchFileException(at.toString());
    }

    /**
     * What went wrong, for a person, without a name of a class. The innermost failure tells it
     * best: writers wrap what the disk says into what they were about to write.
     */
    public static String reason(IOException e) {
        IOException innermost = e;
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException io) {
                innermost = io;
            }
        }
        return switch (innermost) {
            case AccessDeniedException denied -> "no permission for " + denied.getFile();
            case NoSuchFileException missing -> missing.getFile() + " is not there any more";
            case NotDirectoryException file -> file.getFile() + " is not a directory";
            case FileSystemException other when other.getReason() != null ->
                    other.getReason() + ", at " + other.getFile();
            default -> Objects.requireNonNullElse(innermost.getMessage(), "an unknown failure");
        };
    }
}
