package io.tidemark.source.functiongraph;

import io.tidemark.window.Feed;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of one function: {@code urn:fss:<region>:<project>:function:<package>:<name>[:<version>
 * | :!<alias>]}.
 *
 * <p>A URN without a version means {@code latest}: with and without it, it is the same function and
 * compares equal. {@link #toString()} is the text as it was given.
 */
final class FunctionUrn implements Comparable<FunctionUrn> {
    /** With its version; what the ledger's column holds. The longest there is has some 200. */
    private static final int LONGEST = 500;

    // no control character, which would reach terminals and logs, and NUL no database; no half of a
    // character, which no encoding holds
    private static final String NO_PART = ":\\s\\p{Cc}\\p{Cs}";
    private static final Pattern SHAPE =
            Pattern.compile(
                    "urn:fss:([^%1$s]+):([^%1$s]+):function:([^%1$s]+):([^%1$s]+)(?::(!?[^!%1$s]+))?"
                            .formatted(NO_PART));

    private final String text;
    private final String region;
    private final String projectId;
    private final String packageName;
    private final String functionName;
    private final String version;
    private final String canonical;

    private FunctionUrn(String text, Matcher parts) {
        this.text = text;
        this.region = parts.group(1);
        this.projectId = parts.group(2);
        this.packageName = parts.group(3);
        this.functionName = parts.group(4);
        this.version = parts.group(5) == null ? "latest" : parts.group(5);
        this.canonical =
                String.join(
                        ":",
                        "urn:fss",
                        region,
                        projectId,
                        "function",
                        packageName,
                        functionName,
                        version);
    }

    /** Empty where the text is not the URN of a function. */
    static Optional<FunctionUrn> parse(String text) {
        Matcher parts = SHAPE.matcher(text);
        return parts.matches()
                ? Optional.of(new FunctionUrn(text, parts))
                        .filter(urn -> urn.canonical.length() <= LONGEST)
                : Optional.empty();
    }

    /**
     * @throws IllegalArgumentException where the text is not the URN of a function
     */
    static FunctionUrn of(String text) {
        return parse(text)
                .orElseThrow(
                        () -> new IllegalArgumentException("not the URN of a function: " + text));
    }

    String region() {
        return region;
    }

    String projectId() {
        return projectId;
    }

    String packageName() {
        return packageName;
    }

    String functionName() {
        return functionName;
    }

    /** A version, {@code latest} where the URN names none, or an alias with its {@code !}. */
    String version() {
        return version;
    }

    /** {@code package:name}, what a glob of a job file is matched against. */
    String qualifiedName() {
        return packageName + ":" + functionName;
    }

    /** The text with its version: the same for every spelling of one function. */
    String canonical() {
        return canonical;
    }

    /** The function as windows are cut from it. */
    Feed feed() {
        String bare = canonical.replaceFirst(":latest$", "");
        return new Feed(
                canonical,
                qualifiedName(),
                bare.equals(canonical) ? qualifiedName() + ":" + version : qualifiedName(),
                List.of(packageName, functionName, version),
                List.of(text, region, projectId, packageName, functionName, version),
                bare.equals(canonical) ? List.of(canonical) : List.of(canonical, bare));
    }

    /** The function that windows of a feed are cut from, as it is spelled there. */
    static FunctionUrn of(Feed feed) {
        return of(feed.spelled());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FunctionUrn that && canonical.equals(that.canonical);
    }

    @Override
    public int hashCode() {
        return canonical.hashCode();
    }

    /** By package, name and version, as people look for them. */
    @Override
    public int compareTo(FunctionUrn that) {
        int byName = qualifiedName().compareTo(that.qualifiedName());
        return byName != 0 ? byName : canonical.compareTo(that.canonical);
    }

    @Override
    public String toString() {
        return text;
    }
}
