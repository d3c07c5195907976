package io.tidemark.job;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** One place the records of a job land at. */
public sealed interface SinkSpec {

    /** A tree of files. */
    sealed interface Files extends SinkSpec {
        /** The root of the tree, as written in the job file. */
        Path path();
    }

    /**
     * @param path the root of the tree of files, as written in the job file
     * @param formulaGuard whether texts that a spreadsheet would take for a formula get an
     *     apostrophe before them. It changes bytes, so it is part of the id
     */
    record Csv(Path path, boolean formulaGuard) implements Files {
        @Override
        public String id() {
            return "csv:" + path + (formulaGuard ? " (formula-guard)" : "");
        }
    }

    /**
     * @param path the root of the tree of files, as written in the job file
     */
    record Parquet(Path path, Compression compression) implements Files {
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

    /**
     * @param path the root of the tree of files, as written in the job file
     */
    record Ndjson(Path path, Packing compression) implements Files {
        @Override
        public String id() {
            return "ndjson:" + path;
        }
    }

    /** How NDJSON files are compressed. */
    enum Packing {
        NONE,
        GZIP,
        ZSTD;

        /** As a job file writes it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
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
     * What ledger, receipts and messages call this sink: its kind, its place, and what else of it
     * decides the bytes of a window; never a credential.
     */
    String id();
}
