package io.tidemark.bench;

import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.PostgresForTests;
import io.tidemark.testing.Rows;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A million records in one window, and ten thousand windows, each applied by a program with a heap
 * of 256 MB: how much of it was used at most, and how long it took, beside the bare reading of the
 * same pages by the JDK's client, which decodes and keeps nothing.
 */
final class MemoryBench {
    private static final String HEAP = "-Xmx256m";
    private static final Instant UNTIL = Instant.parse("2026-11-01T00:00:00Z");
    private static final Pattern COLLECTION = Pattern.compile(" ([0-9]+)M->[0-9]+M\\(");

    /** What a whole cycle of marking found to be in use, or not yet looked at. */
    private static final Pattern MARKED = Pattern.compile("Pause Cleanup [0-9]+M->([0-9]+)M");

    private static final Pattern PEAK_OF_PROCESS = Pattern.compile("VmHWM:\\s+([0-9]+) kB");

    private static final String JOB =
            """
            job: bench
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["*"]
              requests-per-second: 100000
            window: { from: FROM, to: 2026-11-01T00:00:00Z, every: EVERY, lag: PT0S }
            sinks:
              - csv: { path: DIR/csv }
              - parquet: { path: DIR/parquet }
            """;

    /**
     * @param days what the records are spread over, until the first of November 2026
     */
    private record Case(
            String name, int functions, long records, int days, String every, boolean postgres) {}

    /** Megabytes and seconds. */
    private record Measured(long heapPeak, long heapLive, long processPeak, double seconds) {}

    public static void main(String[] args) throws Exception {
        List<Case> cases =
                List.of(
                        new Case("1,000,000 records in one window", 1, 1_000_000, 1, "P1D", true),
                        new Case(
                                "10,000 windows of 20,000 records",
                                40,
                                20_000,
                                10,
                                "PT57M36S",
                                false));
        System.out.printf(
                Locale.ROOT,
                "%n%-34s %11s %11s %11s %9s %12s %9s%n",
                HEAP,
                "heap, peak",
                "heap, live",
                "process",
                "seconds",
                "bare reading",
                "ratio");
        for (Case each : cases) {
            run(each);
        }
    }

    private static void run(Case bench) throws Exception {
        Path directory = Files.createTempDirectory("tidemark-bench");
        SandboxSettings settings =
                SandboxSettings.DEFAULT
                        .withFunctions(bench.functions())
                        .withRecords(bench.records())
                        .withDays(bench.days())
                        .withSeed(1)
                        .withUntil(UNTIL);
        try (Sandbox sandbox = Sandbox.start(settings)) {
            Measured measured = apply(bench, sandbox, directory);
            for (String files :
                    List.of(
                            "read_csv('%s/csv/**/*.csv', header = true, all_varchar = true, hive_partitioning = false)",
                            "read_parquet('%s/parquet/**/*.parquet', hive_partitioning = false)")) {
                Object rows =
                        Rows.ofDuckDb(
                                        "SELECT count(DISTINCT (function_urn, request_id)) FROM "
                                                + files.formatted(directory))
                                .getFirst()
                                .getFirst();
                if (!Long.valueOf(bench.records()).equals(rows)) {
                    throw new IllegalStateException(
                            "%s: %s records in %s".formatted(bench.name(), rows, files));
                }
            }
            double bare = bareReading(bench, sandbox);
            System.out.printf(
                    Locale.ROOT,
                    "%-34s %8d MB %8d MB %8d MB %9.1f %12.1f %9.1f%n",
                    bench.name(),
                    measured.heapPeak(),
                    measured.heapLive(),
                    measured.processPeak(),
                    measured.seconds(),
                    bare,
                    measured.seconds() / bare);
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static Measured apply(Case bench, Sandbox sandbox, Path directory)
            throws IOException, InterruptedException, SQLException {
        String job =
                JOB.replace("ENDPOINT", sandbox.endpoint().toString())
                        .replace("PROJECT", sandbox.project())
                        .replace("FROM", UNTIL.minus(Duration.ofDays(bench.days())).toString())
                        .replace("EVERY", bench.every())
                        .replace("DIR", directory.toString());
        if (bench.postgres()) {
            PostgresForTests.Database database = PostgresForTests.fresh();
            job +=
                    "  - postgres: { url: \"%s\", username: %s, password: \"${PASSWORD}\", table: async_invocations }%n"
                            .formatted(database.url(), database.username());
        }
        Path jobFile = Files.writeString(directory.resolve("job.yaml"), job);
        Path collections = directory.resolve("gc.log");
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "-Xlog:gc:file=" + collections,
                        "--enable-native-access=ALL-UNNAMED",
                        "-jar",
                        Path.of("target", "tidemark.jar").toAbsolutePath().toString(),
                        "apply",
                        jobFile.toString(),
                        "--auto-approve",
                        "--state",
                        directory.resolve("state").toString(),
                        "--var",
                        "TOKEN=" + sandbox.token(),
                        "--var",
                        "PASSWORD=" + PostgresForTests.PASSWORD);
        long began = System.nanoTime();
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("screen.txt").toFile())
                        .start();
        long processPeak = 0;
        while (!process.waitFor(100, TimeUnit.MILLISECONDS)) {
            processPeak = Math.max(processPeak, peakOf(process));
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        if (process.exitValue() != 0) {
            throw new IllegalStateException(
                    "%s: exit code %d%n%s"
                            .formatted(
                                    bench.name(),
                                    process.exitValue(),
                                    Files.readString(directory.resolve("screen.txt"))));
        }
        long heapPeak = 0;
        long heapLive = 0;
        for (String line : Files.readAllLines(collections)) {
            Matcher collection = COLLECTION.matcher(line);
            if (collection.find()) {
                heapPeak = Math.max(heapPeak, Long.parseLong(collection.group(1)));
            }
            Matcher marked = MARKED.matcher(line);
            if (marked.find()) {
                heapLive = Math.max(heapLive, Long.parseLong(marked.group(1)));
            }
        }
        return new Measured(heapPeak, heapLive, processPeak, seconds);
    }

    /** In megabytes; 0 where the system does not tell. */
    private static long peakOf(Process process) throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        try {
            Matcher peak = PEAK_OF_PROCESS.matcher(Files.readString(status));
            return peak.find() ? Long.parseLong(peak.group(1)) / 1024 : 0;
        } catch (java.nio.file.NoSuchFileException ended) {
            return 0;
        }
    }

    /** Reads all records of every function once, one page after the other. */
    private static double bareReading(Case bench, Sandbox sandbox) throws Exception {
        long began = System.nanoTime();
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (var function : sandbox.functions()) {
                for (long marker = 0; ; marker += 500) {
                    URI page =
                            URI.create(
                                    "%s/v2/%s/fgs/functions/%s/async-invocations?marker=%d&limit=500&query_begin_time=2026-01-01T00:00:00&query_end_time=2026-12-01T00:00:00"
                                            .formatted(
                                                    sandbox.endpoint(),
                                                    sandbox.project(),
                                                    function,
                                                    marker));
                    HttpRequest request =
                            HttpRequest.newBuilder(page)
                                    .header("X-Auth-Token", sandbox.token())
                                    .header("Content-Type", "application/json")
                                    .build();
                    HttpResponse<InputStream> answer =
                            client.send(request, HttpResponse.BodyHandlers.ofInputStream());
                    String body =
                            new String(
                                    answer.body().readAllBytes(),
                                    java.nio.charset.StandardCharsets.UTF_8);
                    if (answer.statusCode() != 200) {
                        throw new IllegalStateException(page + ": " + body);
                    }
                    if (!body.contains("\"next_marker\"")) {
                        break;
                    }
                }
            }
        }
        return (System.nanoTime() - began) / 1e9;
    }

    private MemoryBench() {}
}
