package io.tidemark.plan;

import io.tidemark.job.JobKey;
import io.tidemark.job.JobSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * What a job says, without its secrets: key of the job file → value. A saved plan is bound to it,
 * and can say which keys have changed since.
 */
public record JobSettings(SortedMap<String, String> values) {

    public static JobSettings of(JobSpec job) {
        return new JobSettings(JobKey.settings(job));
    }

    /** The keys whose values differ, in order; empty where both are the same. */
    public List<String> differences(JobSettings other) {
        TreeSet<String> keys = new TreeSet<>(values.keySet());
        keys.addAll(other.values.keySet());
        List<String> different = new ArrayList<>(keys);
        different.removeIf(key -> Objects.equals(values.get(key), other.values.get(key)));
        return different;
    }
}
