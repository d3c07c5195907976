package io.tidemark.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.tidemark.job.Problem;
import io.tidemark.ledger.Entry;
import io.tidemark.plan.Action;
import io.tidemark.plan.Difference;
import io.tidemark.plan.Plan;
import io.tidemark.record.Rejected;
import io.tidemark.run.Applied;
import io.tidemark.run.WindowOutcome;
import io.tidemark.sink.Receipt;
import io.tidemark.source.Learned;
import io.tidemark.window.Estimate;
import io.tidemark.window.Warning;
import io.tidemark.window.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What programs are told, as records whose fields are the keys: times as texts in UTC, and every
 * field always there, null where nobody knows.
 */
final class Documents {
    /** Of every document; the first number changes where a program would have to. */
    static final String FORMAT_VERSION = "2.0";

    // ASCII: nothing that a terminal obeys, and nothing that an encoding loses
    static final JsonMapper JSON =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build();

    private Documents() {}

    record PlanDocument(
            String formatVersion,
            String job,
            String asOf,
            Counts summary,
            List<Step> actions,
            List<Caution> warnings,
            Map<String, Object> source) {

        static PlanDocument of(Plan plan, Learned learned) {
            return new PlanDocument(
                    FORMAT_VERSION,
                    plan.job(),
                    plan.asOf().toString(),
                    Counts.of(plan),
                    plan.actions().stream().map(Step::of).toList(),
                    plan.warnings().stream().map(Caution::of).toList(),
                    learned.facts());
        }
    }

    /** How many windows; no plan loses or retains any yet. */
    record Counts(
            long export,
            long resume,
            long update,
            long republish,
            long lost,
            long unchanged,
            long retained) {
        static Counts of(Plan plan) {
            Map<Action.Kind, Long> kinds = plan.summary();
            return new Counts(
                    kinds.getOrDefault(Action.Kind.EXPORT, 0L),
                    kinds.getOrDefault(Action.Kind.RESUME, 0L),
                    kinds.getOrDefault(Action.Kind.UPDATE, 0L),
                    kinds.getOrDefault(Action.Kind.REPUBLISH, 0L),
                    0,
                    plan.unchanged(),
                    0);
        }
    }

    record Step(
            String action,
            String reason,
            String functionUrn,
            String from,
            String to,
            Quantity estimate) {
        static Step of(Action action) {
            Window window = action.window();
            return new Step(
                    action.kind().word(),
                    action.reason(),
                    window.feed().spelled(),
                    window.from().toString(),
                    window.to().toString(),
                    Quantity.of(action.estimate()));
        }
    }

    record Quantity(@Nullable Long records, @Nullable Long requests) {
        static Quantity of(Estimate estimate) {
            return new Quantity(number(estimate.records()), number(estimate.requests()));
        }
    }

    /** A warning. */
    record Caution(String kind, @Nullable String functionUrn, String message) {
        static Caution of(Warning warning) {
            String message = new WarningText(Instant::toString).of(warning);
            return switch (warning) {
                case Warning.NothingRecorded off ->
                        new Caution("persistence", off.feed().spelled(), message);
                case Warning.Forgotten forgotten -> new Caution("retention", null, message);
                case Warning.UndocumentedStatus words -> new Caution("status", null, message);
            };
        }
    }

    record Begin(int windows) {}

    record Note(String text) {}

    record Refused(int exit, String message) {}

    /** How one window ended; what does not go with its outcome is left out. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Ended(
            String action,
            String functionUrn,
            String from,
            String to,
            String outcome,
            @Nullable String verdict,
            @Nullable String reason,
            @Nullable Long records,
            @Nullable Long open,
            @Nullable Long quarantined,
            @Nullable Long sourceCount,
            List<Place> receipts) {

        static Ended of(WindowOutcome outcome) {
            Action action = outcome.action();
            return switch (outcome) {
                case WindowOutcome.Done exported -> {
                    Entry.Export entry = exported.entry();
                    yield of(
                            action,
                            "exported",
                            word(entry.verdict().kind()),
                            entry.verdict().reason(),
                            entry,
                            exported.receipts());
                }
                case WindowOutcome.Republished copied ->
                        of(action, "republished", null, null, null, copied.receipts());
                case WindowOutcome.Unchanged unchanged ->
                        of(action, "unchanged", null, null, null, List.of());
                case WindowOutcome.Failed failed ->
                        of(action, "failed", null, failed.reason(), null, List.of());
                case WindowOutcome.Stopped stopped ->
                        of(action, "stopped", null, null, null, List.of());
            };
        }

        private static Ended of(
                Action action,
                String outcome,
                @Nullable String verdict,
                @Nullable String reason,
                Entry.@Nullable Export entry,
                List<Receipt> receipts) {
            return new Ended(
                    action.kind().word(),
                    action.window().feed().spelled(),
                    action.window().from().toString(),
                    action.window().to().toString(),
                    outcome,
                    verdict,
                    reason,
                    entry == null ? null : entry.records(),
                    entry == null ? null : entry.open(),
                    entry == null ? null : entry.quarantined(),
                    entry == null ? null : number(entry.sourceCount()),
                    receipts.stream().map(Place::of).toList());
        }
    }

    /** A receipt. */
    record Place(
            String sink,
            @Nullable String place,
            long rows,
            @Nullable Long bytes,
            @Nullable String sha256) {
        static Place of(Receipt receipt) {
            return new Place(
                    receipt.sink(),
                    receipt.place(),
                    receipt.rows(),
                    receipt.bytes(),
                    receipt.sha256());
        }
    }

    record Summary(
            long exported,
            long republished,
            long unchanged,
            long records,
            long quarantined,
            long incomplete,
            long unproven,
            long failed,
            long stopped,
            long tookMs,
            @Nullable String failure,
            List<Caution> warnings) {
        static Summary of(Applied applied) {
            return new Summary(
                    applied.exported(),
                    applied.republished(),
                    applied.unchanged(),
                    applied.records(),
                    applied.quarantined(),
                    applied.incomplete().size(),
                    applied.unproven(),
                    applied.failed().size(),
                    applied.stopped(),
                    applied.took().toMillis(),
                    applied.runFailure().orElse(null),
                    applied.warnings().stream().map(Caution::of).toList());
        }
    }

    record Verified(
            String formatVersion, String job, long windows, List<DifferentWindow> differences) {
        static Verified of(String job, long windows, Map<Window, List<Difference>> differences) {
            List<DifferentWindow> all = new ArrayList<>();
            differences.forEach((window, ofWindow) ->
                    ofWindow.forEach(difference ->
                            all.add(
                                    new DifferentWindow(
                                            window.feed().spelled(),
                                            window.from().toString(),
                                            window.to().toString(),
                                            difference.sink(),
                                            difference.what()))));
            return new Verified(FORMAT_VERSION, job, windows, all);
        }
    }

    record DifferentWindow(String functionUrn, String from, String to, String sink, String what) {}

    record Validated(String formatVersion, List<CheckedFile> jobs) {}

    record CheckedFile(String file, boolean ok, List<Wrong> problems) {}

    record Wrong(int line, int column, String path, String message, String hint) {
        static Wrong of(Problem problem) {
            return new Wrong(
                    problem.line(),
                    problem.column(),
                    problem.path(),
                    problem.message(),
                    problem.hint());
        }
    }

    record States(String formatVersion, String job, List<WindowState> windows) {}

    /** What the ledger knows of a window. */
    record WindowState(
            String functionUrn,
            String from,
            String to,
            String state,
            @Nullable Integer attempt,
            @Nullable String exportedAt,
            @Nullable Long records,
            @Nullable Long open,
            @Nullable Long quarantined,
            @Nullable Long sourceCount,
            @Nullable String verdict,
            @Nullable String reason,
            @Nullable Begun running) {
        static WindowState of(Entry entry) {
            Entry.Export exported = entry.exported().orElse(null);
            return new WindowState(
                    entry.window().feed().spelled(),
                    entry.window().from().toString(),
                    entry.window().to().toString(),
                    StateScreen.standing(entry),
                    exported == null ? null : exported.attempt(),
                    exported == null ? null : exported.at().toString(),
                    exported == null ? null : exported.records(),
                    exported == null ? null : exported.open(),
                    exported == null ? null : exported.quarantined(),
                    exported == null ? null : number(exported.sourceCount()),
                    exported == null ? null : word(exported.verdict().kind()),
                    exported == null ? null : exported.verdict().reason(),
                    entry.attempt().map(Begun::of).orElse(null));
        }
    }

    /** An attempt that has not ended well. */
    record Begun(int attempt, String since, @Nullable String failure) {
        static Begun of(Entry.Attempt attempt) {
            return new Begun(
                    attempt.number(), attempt.since().toString(), attempt.failure().orElse(null));
        }
    }

    record Shown(String formatVersion, String job, List<WholeWindow> windows) {}

    record WholeWindow(WindowState window, List<Place> receipts, List<Kept> quarantined) {}

    /** A quarantined record. */
    record Kept(String reason, String raw) {
        static Kept of(Rejected rejected) {
            return new Kept(rejected.reason(), rejected.raw());
        }
    }

    /** A document on several lines. */
    static String document(Object document) {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document);
    }

    /** An object on one line, which says of what type it is and when it was written. */
    static String line(String type, Instant time, Object content) {
        ObjectNode line = JSON.createObjectNode().put("type", type).put("time", time.toString());
        line.setAll((ObjectNode) JSON.valueToTree(content));
        return JSON.writeValueAsString(line);
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable Long number(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
