package io.tidemark.source;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What is known of a source, some of it found out by asking it.
 *
 * @param memory to be kept and given back when it is opened the next time, in the source's own
 *     words; empty where nothing is worth keeping
 * @param identity what decides which records a window holds, as settings: where one changes,
 *     windows that were exported before are out of date
 * @param sentence for a person, on the plan
 * @param facts the same for programs: key → text, number or truth value, in the order to be written
 */
public record Learned(
        Optional<String> memory,
        SortedMap<String, String> identity,
        String sentence,
        Map<String, Object> facts) {}
