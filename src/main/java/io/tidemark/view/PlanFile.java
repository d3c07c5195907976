package io.tidemark.view;

import io.tidemark.ledger.StateVersion;
import io.tidemark.plan.Action;
import io.tidemark.plan.JobSettings;
import io.tidemark.plan.Plan;
import io.tidemark.plan.SavedPlan;
import io.tidemark.source.Learned;
import io.tidemark.window.Estimate;
import io.tidemark.window.Feed;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Warning;
import io.tidemark.window.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A plan in a file, to be shown and to be applied later exactly as it is. JSON, without secrets;
 * its first key says what it is.
 */
public final class PlanFile {
    private static final String FIRST_KEY = "tidemark_plan";

    private PlanFile() {}

    /**
     * What such a file holds.
     *
     * @param learned what was known of the source, as far as a plan shows it
     */
    public record Content(SavedPlan saved, Learned learned) {}

    private record Document(
            String tidemarkPlan,
            String job,
            String jobFile,
            String asOf,
            Made state,
            SortedMap<String, String> settings,
            long unchanged,
            long closed,
            @Nullable Double requestsPerSecond,
            String sourceSentence,
            Map<String, Object> source,
            List<Feed> feeds,
            List<Saved> actions,
            List<Told> warnings) {}

    /** On which state it was made. */
    private record Made(@Nullable String lineage, long serial, String location) {}

    /** An action. */
    private record Saved(
            String cause,
            String feed,
            String from,
            String to,
            int attempt,
            String reason,
            List<String> sinks,
            @Nullable Long records,
            @Nullable Long requests) {}

    /** A warning; of each kind, only what it has. */
    private record Told(
            @Nullable String feed,
            @Nullable String begin,
            @Nullable String listedFrom,
            @Nullable Boolean certain,
            @Nullable List<String> words) {}

    /** Whether the file holds a plan; a job file does not begin with a brace. */
    public static boolean isOne(Path file) {
        try {
            return Files.isRegularFile(file)
                    && Files.readString(file).stripLeading().startsWith("{\"" + FIRST_KEY);
        } catch (IOException notText) {
            return false;
        }
    }

    /** Writes the file whole or not at all; an older one is replaced. */
    public static void write(Content content, Path file) throws IOException {
        if (Files.exists(file) && !isOne(file)) {
            throw new IOException("something else stands there; name a new file");
        }
        Path whole = file.toAbsolutePath();
        Path draft = whole.resolveSibling("_" + whole.getFileName() + ".tmp");
        Files.writeString(draft, Documents.JSON.writeValueAsString(document(content)));
        Files.move(draft, whole, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Document document(Content content) {
        SavedPlan saved = content.saved();
        Plan plan = saved.plan();
        return new Document(
                Documents.FORMAT_VERSION,
                plan.job(),
                saved.jobFile(),
                plan.asOf().toString(),
                new Made(
                        saved.state().lineage().orElse(null),
                        saved.state().serial(),
                        saved.stateLocation()),
                saved.settings().values(),
                plan.unchanged(),
                plan.closed(),
                plan.requestsPerSecond().isPresent()
                        ? plan.requestsPerSecond().getAsDouble()
                        : null,
                content.learned().sentence(),
                content.learned().facts(),
                feeds(plan),
                plan.actions().stream().map(PlanFile::saved).toList(),
                plan.warnings().stream().map(PlanFile::told).toList());
    }

    private static List<Feed> feeds(Plan plan) {
        return Stream.concat(
                        plan.actions().stream().map(action -> action.window().feed()),
                        plan.warnings().stream()
                                .flatMap(warning ->
                                        warning instanceof Warning.NothingRecorded(Feed feed)
                                                ? Stream.of(feed)
                                                : Stream.empty()))
                .distinct()
                .sorted()
                .toList();
    }

    private static Saved saved(Action action) {
        Documents.Quantity estimate = Documents.Quantity.of(action.estimate());
        return new Saved(
                Documents.word(action.cause()),
                action.window().feed().id(),
                action.window().from().toString(),
                action.window().to().toString(),
                action.attempt(),
                action.reason(),
                action.sinks(),
                estimate.records(),
                estimate.requests());
    }

    private static Told told(Warning warning) {
        return switch (warning) {
            case Warning.NothingRecorded(Feed feed) -> new Told(feed.id(), null, null, null, null);
            case Warning.Forgotten forgotten ->
                    new Told(
                            null,
                            forgotten.begin().toString(),
                            forgotten.listedFrom().toString(),
                            forgotten.certain(),
                            null);
            case Warning.UndocumentedStatus(List<String> words) ->
                    new Told(null, null, null, null, words);
        };
    }

    /**
     * @throws IOException also where the file is damaged or of another version of this program
     */
    public static Content read(Path file) throws IOException {
        try {
            JsonNode tree = Documents.JSON.readTree(Files.readString(file));
            if (!Documents.FORMAT_VERSION.equals(tree.required(FIRST_KEY).asString())) {
                throw new IOException("made by another version of tidemark");
            }
            return content(Documents.JSON.treeToValue(tree, Document.class));
        } catch (JacksonException
                | NullPointerException // a field that is missing
                | IllegalArgumentException
                | java.time.DateTimeException damaged) {
            throw new IOException(
                    "damaged: "
                            + String.valueOf(damaged.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static Content content(Document document) {
        Map<String, Feed> feeds =
                document.feeds().stream().collect(Collectors.toMap(Feed::id, Function.identity()));
        Plan plan =
                new Plan(
                        document.job(),
                        Instant.parse(document.asOf()),
                        document.actions().stream().map(saved -> action(saved, feeds)).toList(),
                        document.unchanged(),
                        document.closed(),
                        document.requestsPerSecond() == null
                                ? OptionalDouble.empty()
                                : OptionalDouble.of(document.requestsPerSecond()),
                        document.warnings().stream().map(told -> warning(told, feeds)).toList());
        return new Content(
                new SavedPlan(
                        plan,
                        document.jobFile(),
                        new JobSettings(document.settings()),
                        document.state().location(),
                        new StateVersion(
                                Optional.ofNullable(document.state().lineage()),
                                document.state().serial())),
                new Learned(
                        Optional.empty(),
                        new TreeMap<>(),
                        document.sourceSentence(),
                        document.source()));
    }

    private static Action action(Saved saved, Map<String, Feed> feeds) {
        return new Action(
                Action.Cause.valueOf(saved.cause().toUpperCase(Locale.ROOT)),
                new Window(
                        feed(saved.feed(), feeds),
                        new TimeRange(Instant.parse(saved.from()), Instant.parse(saved.to()))),
                saved.attempt(),
                saved.reason(),
                saved.sinks(),
                new Estimate(number(saved.records()), number(saved.requests())));
    }

    private static Warning warning(Told told, Map<String, Feed> feeds) {
        if (told.words() != null) {
            return new Warning.UndocumentedStatus(told.words());
        }
        return told.feed() != null
                ? new Warning.NothingRecorded(feed(told.feed(), feeds))
                : new Warning.Forgotten(
                        Instant.parse(String.valueOf(told.begin())),
                        Instant.parse(String.valueOf(told.listedFrom())),
                        Boolean.TRUE.equals(told.certain()));
    }

    private static Feed feed(String id, Map<String, Feed> feeds) {
        Feed feed = feeds.get(id);
        if (feed == null) {
            throw new IllegalArgumentException("no feed " + id);
        }
        return feed;
    }

    private static OptionalLong number(@Nullable Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
