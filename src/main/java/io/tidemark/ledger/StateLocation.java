package io.tidemark.ledger;

import java.nio.file.Path;
import org.postgresql.Driver;

/** Where state is kept, as {@code --state} and {@code TIDEMARK_STATE} say it. */
public sealed interface StateLocation {

    /** An embedded database per job in this directory; one process at a time can use a job's. */
    record Directory(Path path) implements StateLocation {
        @Override
        public Path workDirectory() {
            return path;
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * A PostgreSQL database, shared by all jobs.
     *
     * @param url {@code jdbc:postgresql:...}; may carry credentials, so that it is never shown
     *     whole
     */
    record Database(String url) implements StateLocation {
        @Override
        public Path workDirectory() {
            return DEFAULT_DIRECTORY;
        }

        @Override
        public String toString() {
            return url.replaceFirst("\\?.*", "").replaceFirst("//[^/@]*@", "//");
        }
    }

    Path DEFAULT_DIRECTORY = Path.of(".tidemark");

    /** The same for the same place, wherever the program runs; without credentials. */
    default String identity() {
        return switch (this) {
            case Directory directory -> directory.path().toAbsolutePath().normalize().toString();
            case Database database -> database.toString();
        };
    }

    /** Where windows wait while they are fetched, and where the log is. */
    Path workDirectory();

    /**
     * A JDBC URL of PostgreSQL, or else a directory.
     *
     * @throws IllegalArgumentException where the text is the URL of something else, or none
     */
    static StateLocation of(String text) {
        if (text.startsWith("jdbc:postgresql:")) {
            // the driver's complaints repeat a URL that it cannot parse, and take what stands
            // before an @ for a part of the host's name
            if (text.split("\\?", 2)[0].contains("@") || Driver.parseURL(text, null) == null) {
                throw new IllegalArgumentException(
                        "the URL of a database is jdbc:postgresql://HOST:PORT/DATABASE?user=NAME&password=PASSWORD, with other characters percent-encoded");
            }
            return new Database(text);
        }
        if (text.startsWith("jdbc:") || text.contains("://")) {
            // not repeated: it may hold a password
            throw new IllegalArgumentException(
                    "state is kept in a directory or in PostgreSQL, whose URL begins with jdbc:postgresql://");
        }
        return new Directory(Path.of(text));
    }
}
