package io.tidemark.ledger;

import io.tidemark.job.JobKey;
import io.tidemark.job.JobSpec;
import io.tidemark.record.Field;
import io.tidemark.record.Schema;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What decides which records a window holds and which columns they have: key of the job file →
 * value, and what the source compares. Where one of them changes, what was exported under the old
 * value is out of date. No secrets; speed is no part of it.
 */
public record SourceIdentity(SortedMap<String, String> settings) {

    /** Decides nothing about records, but about the date their files stand under. */
    public static final String ZONE = JobKey.ZONE.path();

    /** Which columns the records have. */
    public static final String COLUMNS = "columns";

    /**
     * @param schema what the source's records look like
     * @param learned what the source says of itself that decides which records a window holds
     */
    public static SourceIdentity of(JobSpec job, Schema schema, SortedMap<String, String> learned) {
        SortedMap<String, String> settings = JobKey.deciding(job);
        settings.putAll(learned); // which knows that two spellings mean the same
        settings.put(
                COLUMNS,
                schema.fields().stream().map(Field::name).collect(Collectors.joining(" ")));
        return new SourceIdentity(settings);
    }

    /** Whether both have the key, with different values. */
    public boolean differsIn(String key, SourceIdentity other) {
        String mine = settings.get(key);
        String others = other.settings.get(key);
        return mine != null && others != null && !mine.equals(others);
    }

    /** The first key whose value differs; empty where both are the same. */
    public Optional<String> firstDifference(SourceIdentity other) {
        SortedMap<String, String> keys = new TreeMap<>(settings);
        keys.putAll(other.settings);
        return keys.keySet().stream()
                .filter(key -> !Objects.equals(settings.get(key), other.settings.get(key)))
                .findFirst();
    }

    /** One {@code key=value} a line, as the ledger keeps it. */
    String toText() {
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining("\n"));
    }

    static SourceIdentity ofText(String text) {
        SortedMap<String, String> settings = new TreeMap<>();
        text.lines()
                .forEach(line -> {
                    int equals = line.indexOf('=');
                    settings.put(line.substring(0, equals), line.substring(equals + 1));
                });
        return new SourceIdentity(settings);
    }
}
