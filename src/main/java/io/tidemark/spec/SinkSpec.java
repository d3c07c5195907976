package io.tidemark.spec;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** One place the records of a job land at. */
public sealed interface SinkSpec {

    /**
     * @param path the root of the tree of files, as written in the job file
     */
    record Csv(Path path) implements SinkSpec {
        @Override
        public String id() {
            return "csv:" + path;
        }
    }

    /**
     * @param path the root of the tree of files, as written in the job file
     */
    record Parquet(Path path, Compression compression) implements SinkSpec {
        @Override
        public String id() {
            return "parquet:" + path;
        }
    }

    /**
     * @param url a JDBC URL, {@code jdbc:postgresql:...}, without credentials
     * @param table {@code table} or {@code schema.table}
     */
    record Postgres(String url, Optional<String> username, Optional<Secret> password, String table)
            implements SinkSpec {
        @Override
        public String id() {
            return "postgres:" + url.replaceFirst("^jdbc:postgresql:(//)?", "") + "#" + table;
        }
    }

    /** How Parquet's pages are compressed. */
    enum Compression {
        ZSTD,
        SNAPPY,
        NONE;

        /** As a job file writes it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What ledger, receipts and messages call this sink: its kind and its place, never a
     * credential.
     */
    String id();
}
