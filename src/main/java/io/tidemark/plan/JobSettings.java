package io.tidemark.plan;

import io.tidemark.job.JobSpec;
import io.tidemark.job.SinkSpec;
import io.tidemark.job.SourceSpec;
import io.tidemark.window.Every;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a job says, without its secrets: key of the job file → value. A saved plan is bound to it,
 * and can say which keys have changed since.
 */
public record JobSettings(SortedMap<String, String> values) {

    public static JobSettings of(JobSpec job) {
        SortedMap<String, String> values = new TreeMap<>();
        values.put("job", job.name());
        SourceSpec source = job.source();
        switch (source.origin()) {
            case SourceSpec.Cloud cloud -> {
                values.put("source.endpoint", cloud.endpoint().toString());
                values.put("source.project", cloud.project());
                values.put("source.auth", auth(cloud.auth()));
            }
            case SourceSpec.BundledSandbox sandbox ->
                    values.put("source.sandbox", sandbox.toString());
        }
        values.put("source.functions", source.functions().toString());
        values.put("source.statuses", source.statuses().toString());
        values.put("source.page-size", Integer.toString(source.pageSize()));
        values.put(
                "source.requests-per-second",
                source.requestsPerSecond().isPresent()
                        ? Double.toString(source.requestsPerSecond().getAsDouble())
                        : "");
        values.put("source.connections", Integer.toString(source.connections()));
        values.put("window.from", job.window().from().toString());
        values.put("window.to", job.window().to().toString());
        values.put("window.every", job.window().every().toString());
        values.put("window.zone", job.window().zone().toString());
        values.put("window.lag", job.window().lag().toString());
        values.put("window.settle", job.window().settle().map(Every::toString).orElse(""));
        for (int i = 0; i < job.sinks().size(); i++) {
            values.put("sinks[" + i + "]", sink(job.sinks().get(i)));
        }
        values.put("max-quarantined", Long.toString(job.maxQuarantined()));
        return new JobSettings(values);
    }

    /** The keys whose values differ, in order; empty where both are the same. */
    public List<String> differences(JobSettings other) {
        TreeSet<String> keys = new TreeSet<>(values.keySet());
        keys.addAll(other.values.keySet());
        List<String> different = new ArrayList<>(keys);
        different.removeIf(key -> Objects.equals(values.get(key), other.values.get(key)));
        return different;
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
            case SinkSpec.Csv csv -> csv.id();
            case SinkSpec.Ndjson ndjson -> ndjson.id() + " " + ndjson.compression().word();
            case SinkSpec.Parquet parquet -> parquet.id() + " " + parquet.compression().word();
            case SinkSpec.Postgres postgres ->
                    postgres.id() + " as " + postgres.username().orElse("");
        };
    }
}
