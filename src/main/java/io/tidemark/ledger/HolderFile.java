package io.tidemark.ledger;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;

/**
 * Who uses an embedded database right now, in a file beside it: whoever finds the database locked
 * can say by whom. It decides nothing; the lock does.
 */
record HolderFile(Path path) {

    static HolderFile of(StateLocation.Directory directory, String job) {
        return new HolderFile(directory.path().resolve(job + ".holder"));
    }

    void write(Holder holder) {
        Properties properties = new Properties();
        properties.setProperty("command", holder.command());
        properties.setProperty("host", holder.host());
        properties.setProperty("pid", Long.toString(holder.pid()));
        properties.setProperty("since", holder.since().toString());
        Path temporary = path.resolveSibling("_" + path.getFileName());
        try {
            try (Writer writer = Files.newBufferedWriter(temporary)) {
                properties.store(writer, null);
            }
            Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Empty where nobody has said so, or not yet wholly. */
    Optional<Holder> read() {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(path)) {
            properties.load(reader);
            return Optional.of(
                    new Holder(
                            properties.getProperty("command"),
                            properties.getProperty("host"),
                            Long.parseLong(properties.getProperty("pid")),
                            Instant.parse(properties.getProperty("since"))));
        } catch (IOException | RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException leftBehind) {
            // the next holder overwrites it
        }
    }
}
