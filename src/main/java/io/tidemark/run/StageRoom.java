package io.tidemark.run;

import io.tidemark.ledger.Entry;
import io.tidemark.record.Schema;
import io.tidemark.stage.Stage;
import io.tidemark.window.Window;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The stages of one job: a directory for each attempt at a window. */
record StageRoom(Path directory, Schema schema) {

    Stage of(Window window, int attempt) {
        return Stage.in(directory.resolve(name(window, attempt)), schema, window.feed());
    }

    /** Where a window is copied from one sink to another. */
    Stage forCopying(Window window) {
        return of(window, 0);
    }

    /** Deletes the stages of attempts that have ended, or that the ledger has never heard of. */
    void deleteAllBut(Collection<Entry> entries) {
        try {
            for (Path stage : unwanted(entries)) {
                Stage.deleteTree(stage);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The stages that {@link #deleteAllBut} would delete. */
    List<Path> unwanted(Collection<Entry> entries) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        Set<String> wanted =
                entries.stream()
                        .flatMap(entry ->
                                entry.attempt().stream()
                                        .map(attempt -> name(entry.window(), attempt.number())))
                        .collect(Collectors.toSet());
        try (Stream<Path> stages = Files.list(directory)) {
            return stages.filter(stage -> !wanted.contains(stage.getFileName().toString()))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Unique, and short enough for any file system; the name's beginning is for people. */
    private static String name(Window window, int attempt) {
        String readable = window.feed().name().replaceAll("[^A-Za-z0-9_-]", "_");
        return "%.40s.%s.%d-%d.%d"
                .formatted(
                        readable,
                        UUID.nameUUIDFromBytes(window.feed().id().getBytes(StandardCharsets.UTF_8)),
                        window.from().getEpochSecond(),
                        window.to().getEpochSecond(),
                        attempt);
    }
}
