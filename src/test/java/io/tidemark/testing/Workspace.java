package io.tidemark.testing;

import io.tidemark.cli.Screen;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory with a job file, its state and its files, and the commands run in it.
 *
 * @param directory the job's sinks and its state are below it
 */
public record Workspace(Path directory) {

    /** Writes the job file; {@code DIR} in it stands for the directory. */
    public Workspace job(String yaml) {
        try {
            Files.createDirectories(directory);
            Files.writeString(jobFile(), yaml.replace("DIR", directory.toString()));
            return this;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public Path jobFile() {
        return directory.resolve("job.yaml");
    }

    public Path state() {
        return directory.resolve("state");
    }

    /** {@code tidemark COMMAND job.yaml --state ... ARGS}, in this process. */
    public Screen run(String command, String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(command.split(" ")));
        all.addAll(List.of(jobFile().toString(), "--state", state().toString()));
        all.addAll(List.of("--var", "PASSWORD=" + PostgresForTests.PASSWORD));
        all.addAll(Arrays.asList(args));
        return Screen.of(all.toArray(String[]::new));
    }

    public Screen apply() {
        return run("apply", "--auto-approve");
    }

    /** Every file below a directory of the workspace, by its path: the SHA-256 of what it holds. */
    public Map<String, String> files(String below) {
        Path root = directory.resolve(below);
        if (!Files.exists(root)) {
            return Map.of();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .collect(
                            Collectors.toMap(
                                    file -> root.relativize(file).toString(),
                                    Workspace::sha256,
                                    (one, other) -> one,
                                    TreeMap::new));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** When each exported file was last written, and which file it is. */
    public Map<Path, Object> touched() throws IOException {
        Map<Path, Object> touched = new TreeMap<>();
        for (String below : List.of("csv", "parquet")) {
            try (Stream<Path> files = Files.walk(directory.resolve(below))) {
                for (Path file : files.toList()) {
                    touched.put(
                            file,
                            List.of(
                                    Files.getLastModifiedTime(file),
                                    Files.getAttribute(file, "unix:ino")));
                }
            }
        }
        return touched;
    }

    /** All records in the CSV files, as DuckDB reads them; see {@link #truth}. */
    public List<List<@Nullable Object>> csvRows() throws SQLException {
        // told the dialect: what it would guess is for files less hostile
        return duckDbRows(
                """
                read_csv('%s/csv/**/*.csv', header = true, all_varchar = true, hive_partitioning = false,
                  delim = ',', quote = '"', escape = '"', new_line = '\\n', nullstr = '',
                  max_line_size = 16000000)
                """
                        .formatted(directory));
    }

    /** All records in the Parquet files, as DuckDB reads them; see {@link #truth}. */
    public List<List<@Nullable Object>> parquetRows() throws SQLException {
        return duckDbRows(
                "read_parquet('%s/parquet/**/*.parquet', hive_partitioning = false)"
                        .formatted(directory));
    }

    /** All records in the NDJSON files, as DuckDB reads them; see {@link #truth}. */
    public List<List<@Nullable Object>> ndjsonRows() throws SQLException {
        return duckDbRows(
                """
                read_json('%s/ndjson/**/*.ndjson', format = 'newline_delimited', hive_partitioning = false,
                  columns = {'function_urn': 'VARCHAR', 'request_id': 'VARCHAR', 'status': 'VARCHAR',
                    'raw_status': 'VARCHAR', 'error_code': 'BIGINT', 'error_message': 'VARCHAR',
                    'start_time': 'TIMESTAMPTZ', 'end_time': 'TIMESTAMPTZ'})
                """
                        .formatted(directory));
    }

    private static List<List<@Nullable Object>> duckDbRows(String from) throws SQLException {
        return Rows.ofDuckDb(
                """
                SELECT function_urn, request_id, status, raw_status, error_code::VARCHAR, error_message,
                  epoch_us(start_time::TIMESTAMPTZ), epoch_us(end_time::TIMESTAMPTZ)
                FROM %s ORDER BY function_urn, request_id
                """
                        .formatted(from));
    }

    /** All records in a PostgreSQL table; see {@link #truth}. */
    public static List<List<@Nullable Object>> postgresRows(PostgresForTests.Database database)
            throws SQLException {
        return Rows.of(
                database,
                """
                SELECT function_urn, request_id, status, raw_status, error_code::TEXT, error_message,
                  (extract(epoch FROM start_time) * 1000000)::BIGINT, (extract(epoch FROM end_time) * 1000000)::BIGINT
                FROM async_invocations ORDER BY function_urn COLLATE "C", request_id COLLATE "C"
                """);
    }

    /** What the sandbox says it holds, in the shape the sinks are read in. */
    public static List<List<@Nullable Object>> truth(Sandbox sandbox, Predicate<Invocation> only) {
        try (Stream<Invocation> truth = sandbox.truth()) {
            return truth.filter(only)
                    .map(record ->
                            Arrays.<@Nullable Object>asList(
                                    record.function().toString(),
                                    record.requestId(),
                                    record.status().name(),
                                    record.rawStatus(),
                                    record.errorCode() == null
                                            ? null
                                            : record.errorCode().toString(),
                                    record.errorMessage(),
                                    micros(record.startTime()),
                                    micros(record.endTime())))
                    .sorted(
                            java.util.Comparator.<List<@Nullable Object>, String>comparing(
                                            row -> (String) row.get(0))
                                    .thenComparing(row -> (String) row.get(1)))
                    .toList();
        }
    }

    private static @Nullable Long micros(@Nullable Instant instant) {
        return instant == null
                ? null
                : Math.addExact(
                        Math.multiplyExact(instant.getEpochSecond(), 1_000_000),
                        instant.getNano() / 1000);
    }

    private static String sha256(Path file) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException | NoSuchAlgorithmException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
