package io.tidemark.window;

import java.util.List;

/**
 * What windows are cut from; for FunctionGraph, a function. Two that have the same id are the same,
 * however the source or a job spells it.
 *
 * @param id the same for every spelling; what ledger and batch jobs know it by, at most 500
 *     characters
 * @param name what people call it and globs are matched against, such as {@code package:name}; not
 *     always unique
 * @param title what it is told from all others by, for people: the name, and what else it takes
 * @param path names that, joined, name the directory of its files; unique within a project
 * @param values of the schema's fields that all of its rows share, in their order; the first one
 *     names the feed, as the source or the job spells it
 * @param spellings all texts that may stand for it in the first of these fields
 */
public record Feed(
        String id,
        String name,
        String title,
        List<String> path,
        List<String> values,
        List<String> spellings)
        implements Comparable<Feed> {
    public Feed {
        path = List.copyOf(path);
        values = List.copyOf(values);
        spellings = List.copyOf(spellings);
        if (!spellings.contains(id) || !spellings.contains(values.getFirst())) {
            throw new IllegalArgumentException("a feed that is not spelled as it is: " + id);
        }
    }

    /** How the source or the job spells it: its value in the first column. */
    public String spelled() {
        return values.getFirst();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Feed that && id.equals(that.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** By name, as people look for them. */
    @Override
    public int compareTo(Feed that) {
        int byName = name.compareTo(that.name);
        return byName != 0 ? byName : id.compareTo(that.id);
    }

    @Override
    public String toString() {
        return spelled();
    }
}
