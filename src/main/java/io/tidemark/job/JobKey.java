package io.tidemark.job;

import io.tidemark.window.Every;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a job file, each with its default and what it decides. The one list of them: what an
 * exported window is compared with and what a saved plan is bound to come from it; the grammar, the
 * JSON Schema and the README's table are held to it by tests.
 */
public enum JobKey {
    JOB("job", Decides.NOTHING, job -> Optional.of(job.name())),
    ENDPOINT(
            "source.endpoint",
            Decides.RECORDS,
            job -> cloud(job).map(cloud -> cloud.endpoint().toString())),
    PROJECT("source.project", Decides.RECORDS, job -> cloud(job).map(SourceSpec.Cloud::project)),
    AUTH("source.auth", Decides.NOTHING, job -> cloud(job).map(cloud -> auth(cloud.auth()))),
    SANDBOX("source.sandbox", Decides.RECORDS, job -> sandbox(job).map(JobKey::contents)),
    SANDBOX_UNTIL(
            "source.sandbox.until",
            Decides.NOTHING,
            job -> sandbox(job).flatMap(SourceSpec.BundledSandbox::until).map(Object::toString)),
    FUNCTIONS(
            "source.functions",
            Decides.NOTHING,
            job -> Optional.of(job.source().functions().toString())),
    STATUSES(
            "source.statuses",
            Decides.RECORDS,
            "[]",
            job -> Optional.of(job.source().statuses().toString())),
    PAGE_SIZE(
            "source.page-size",
            Decides.NOTHING,
            "500",
            job -> Optional.of(Integer.toString(job.source().pageSize()))),
    REQUESTS_PER_SECOND(
            "source.requests-per-second",
            Decides.NOTHING,
            "20.0",
            job ->
                    job.source().requestsPerSecond().isPresent()
                            ? Optional.of(
                                    Double.toString(job.source().requestsPerSecond().getAsDouble()))
                            : Optional.empty()),
    CONNECTIONS(
            "source.connections",
            Decides.NOTHING,
            "4",
            job -> Optional.of(Integer.toString(job.source().connections()))),
    FROM("window.from", Decides.NOTHING, job -> Optional.of(job.window().from().toString())),
    TO("window.to", Decides.NOTHING, "now", job -> Optional.of(job.window().to().toString())),
    EVERY(
            "window.every",
            Decides.NOTHING,
            "P1D",
            job -> Optional.of(job.window().every().toString())),
    /** The date that files stand under. */
    ZONE("window.zone", Decides.FILES, "UTC", job -> Optional.of(job.window().zone().toString())),
    LAG("window.lag", Decides.NOTHING, "PT10M", job -> Optional.of(job.window().lag().toString())),
    SETTLE(
            "window.settle",
            Decides.NOTHING,
            "P4D",
            job -> job.window().settle().map(Every::toString)),
    /** Each sink's receipts say whether what stands there is what its settings ask for. */
    SINKS(
            "sinks",
            Decides.NOTHING,
            job ->
                    Optional.of(
                            job.sinks().stream()
                                    .map(JobKey::sink)
                                    .collect(Collectors.joining(", ")))),
    MAX_QUARANTINED(
            "max-quarantined",
            Decides.NOTHING,
            "0",
            job -> Optional.of(Long.toString(job.maxQuarantined()))),
    SCHEDULE("schedule", Decides.NOTHING, JobSpec::schedule);

    /** What of an exported window is out of date where the value of a key changes. */
    public enum Decides {
        /** Which records it holds. */
        RECORDS,
        /** Where its files stand. */
        FILES,
        NOTHING
    }

    private final String path;
    private final Decides decides;
    private final Optional<String> standard;
    private final Function<JobSpec, Optional<String>> value;

    JobKey(String path, Decides decides, Function<JobSpec, Optional<String>> value) {
        this(path, decides, null, value);
    }

    JobKey(
            String path,
            Decides decides,
            @Nullable String standard,
            Function<JobSpec, Optional<String>> value) {
        this.path = path;
        this.decides = decides;
        this.standard = Optional.ofNullable(standard);
        this.value = value;
    }

    /** The keys on the way to it, with dots between them. */
    public String path() {
        return path;
    }

    public Decides decides() {
        return decides;
    }

    /**
     * What {@link #settings} says of a job that names a cloud and leaves the key out; empty where
     * it must be given or then has no value.
     */
    public Optional<String> standard() {
        return standard;
    }

    /**
     * All that a job says, without its secrets: path → value; keys without a value are left out.
     */
    public static SortedMap<String, String> settings(JobSpec job) {
        SortedMap<String, String> settings = new TreeMap<>();
        for (JobKey key : values()) {
            key.value.apply(job).ifPresent(value -> settings.put(key.path, value));
        }
        return settings;
    }

    /** Of those, what decides anything about an exported window. */
    public static SortedMap<String, String> deciding(JobSpec job) {
        SortedMap<String, String> settings = settings(job);
        for (JobKey key : values()) {
            if (key.decides == Decides.NOTHING) {
                settings.remove(key.path);
            }
        }
        return settings;
    }

    private static Optional<SourceSpec.Cloud> cloud(JobSpec job) {
        return job.source().origin() instanceof SourceSpec.Cloud cloud
                ? Optional.of(cloud)
                : Optional.empty();
    }

    private static Optional<SourceSpec.BundledSandbox> sandbox(JobSpec job) {
        return job.source().origin() instanceof SourceSpec.BundledSandbox sandbox
                ? Optional.of(sandbox)
                : Optional.empty();
    }

    private static String contents(SourceSpec.BundledSandbox sandbox) {
        return "%d functions, %d records, %d days, seed %d"
                .formatted(sandbox.functions(), sandbox.records(), sandbox.days(), sandbox.seed());
    }

    private static String auth(SourceSpec.Auth auth) {
        return switch (auth) {
            case SourceSpec.Token token -> "token";
            case SourceSpec.Password password ->
                    "password of %s/%s at %s"
                            .formatted(password.domain(), password.user(), password.iam());
            case SourceSpec.AccessKey key -> "aksk";
        };
    }

    private static String sink(SinkSpec sink) {
        return switch (sink) {
            case SinkSpec.Csv csv -> csv.id() + (csv.formulaGuard() ? " guarded" : "");
            case SinkSpec.Ndjson ndjson -> ndjson.id() + " " + ndjson.compression().word();
            case SinkSpec.Parquet parquet -> parquet.id() + " " + parquet.compression().word();
            case SinkSpec.Postgres postgres ->
                    postgres.id() + " as " + postgres.username().orElse("");
        };
    }
}
