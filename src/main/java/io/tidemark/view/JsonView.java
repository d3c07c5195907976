package io.tidemark.view;

import io.tidemark.ledger.Entry;
import io.tidemark.plan.Action;
import io.tidemark.plan.Plan;
import io.tidemark.plan.Warning;
import io.tidemark.run.Applied;
import io.tidemark.run.ApplyListener;
import io.tidemark.run.WindowOutcome;
import io.tidemark.sink.Receipt;
import io.tidemark.window.FilterMeaning;
import io.tidemark.window.Window;
import java.io.PrintStream;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** For programs. Every field is always there; what nobody knows is null. */
final class JsonView implements View {
    private static final String FORMAT_VERSION = "1.0";
    // ASCII: nothing that a terminal obeys, and nothing that an encoding loses
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final PrintStream out;
    private final PlanAs planAs;

    JsonView(PrintStream out, PlanAs planAs) {
        this.out = out;
        this.planAs = planAs;
    }

    /** Writes the fields of one object. */
    private interface Fields {
        void write(JsonGenerator json);
    }

    @Override
    public void plan(Plan plan, FilterMeaning source) {
        Fields fields =
                json -> {
                    json.writeStringProperty("format_version", FORMAT_VERSION);
                    json.writeStringProperty("job", plan.job());
                    json.writeStringProperty("as_of", plan.asOf().toString());
                    json.writeObjectPropertyStart("summary");
                    for (Action.Kind kind :
                            new Action.Kind[] {
                                Action.Kind.EXPORT,
                                Action.Kind.REFRESH,
                                Action.Kind.RESUME,
                                Action.Kind.REPUBLISH,
                                Action.Kind.KEEP
                            }) {
                        json.writeNumberProperty(kind.word(), plan.summary().get(kind));
                    }
                    json.writeEndObject();
                    json.writeArrayPropertyStart("actions");
                    for (Action action : plan.actions()) {
                        json.writeStartObject();
                        json.writeStringProperty("action", action.kind().word());
                        json.writeStringProperty("reason", action.reason());
                        window(json, action.window());
                        json.writeObjectPropertyStart("estimate");
                        number(json, "records", action.estimate().records());
                        number(json, "requests", action.estimate().requests());
                        json.writeEndObject();
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    warnings(json, plan.warnings());
                    json.writeObjectPropertyStart("source");
                    json.writeStringProperty("compares", word(source.time()));
                    json.writeStringProperty("begin", word(source.begin()));
                    json.writeStringProperty("end", word(source.end()));
                    json.writeNumberProperty("samples", source.samples());
                    json.writeEndObject();
                };
        switch (planAs) {
            case DOCUMENT -> print(fields, true);
            case LINE -> line("plan", fields);
        }
    }

    @Override
    public ApplyListener progress() {
        return new ApplyListener() {
            @Override
            public void begins(int windows) {
                line("begin", json -> json.writeNumberProperty("windows", windows));
            }

            @Override
            public void pageFetched(Window window, int records) {
                // a line per window is enough for a program
            }

            @Override
            public void windowEnds(WindowOutcome outcome) {
                line("window", json -> outcome(json, outcome));
            }

            @Override
            public void ends() {
                // the summary says so
            }
        };
    }

    @Override
    public void applied(Applied applied) {
        line(
                "summary",
                json -> {
                    json.writeNumberProperty("exported", applied.exported());
                    json.writeNumberProperty("republished", applied.republished());
                    json.writeNumberProperty("unchanged", applied.unchanged());
                    json.writeNumberProperty("records", applied.records());
                    json.writeNumberProperty("quarantined", applied.quarantined());
                    json.writeNumberProperty("incomplete", applied.incomplete().size());
                    json.writeNumberProperty("unproven", applied.unproven());
                    json.writeNumberProperty("failed", applied.failed().size());
                    json.writeNumberProperty("stopped", applied.stopped());
                    json.writeNumberProperty("took_ms", applied.took().toMillis());
                    json.writeStringProperty("failure", applied.runFailure().orElse(null));
                    warnings(json, applied.warnings());
                });
    }

    @Override
    public void note(String sentence) {
        switch (planAs) {
            case DOCUMENT -> {} // there is one document, the plan
            case LINE -> line("note", json -> json.writeStringProperty("text", sentence));
        }
    }

    private static void warnings(JsonGenerator json, List<Warning> warnings) {
        WarningText text = new WarningText(Instant::toString);
        json.writeArrayPropertyStart("warnings");
        for (Warning warning : warnings) {
            json.writeStartObject();
            switch (warning) {
                case Warning.PersistenceOff off -> {
                    json.writeStringProperty("kind", "persistence");
                    json.writeStringProperty("function_urn", off.function().toString());
                }
                case Warning.Retention retention -> {
                    json.writeStringProperty("kind", "retention");
                    json.writeNullProperty("function_urn");
                }
            }
            json.writeStringProperty("message", text.of(warning));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void outcome(JsonGenerator json, WindowOutcome outcome) {
        json.writeStringProperty("action", outcome.action().kind().word());
        window(json, outcome.action().window());
        switch (outcome) {
            case WindowOutcome.Exported exported -> exported(json, exported);
            case WindowOutcome.Republished republished -> {
                json.writeStringProperty("outcome", "republished");
                receipts(json, republished.receipts());
            }
            case WindowOutcome.Unchanged unchanged ->
                    json.writeStringProperty("outcome", "unchanged");
            case WindowOutcome.Failed failed -> {
                json.writeStringProperty("outcome", "failed");
                json.writeStringProperty("reason", failed.reason());
            }
            case WindowOutcome.Stopped stopped -> json.writeStringProperty("outcome", "stopped");
        }
    }

    private static void exported(JsonGenerator json, WindowOutcome.Exported exported) {
        Entry.Exported entry = exported.entry();
        json.writeStringProperty("outcome", "exported");
        json.writeStringProperty(
                "verdict", entry.verdict().kind().name().toLowerCase(java.util.Locale.ROOT));
        json.writeStringProperty("reason", entry.verdict().reason());
        json.writeNumberProperty("records", entry.records());
        json.writeNumberProperty("open", entry.open());
        json.writeNumberProperty("quarantined", entry.quarantined());
        number(json, "source_count", entry.sourceCount());
        receipts(json, exported.receipts());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static void receipts(JsonGenerator json, List<Receipt> receipts) {
        json.writeArrayPropertyStart("receipts");
        for (Receipt receipt : receipts) {
            json.writeStartObject();
            json.writeStringProperty("sink", receipt.sink());
            json.writeStringProperty("place", receipt.place());
            json.writeNumberProperty("rows", receipt.rows());
            number(json, "bytes", receipt.bytes());
            json.writeStringProperty("sha256", receipt.sha256());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void window(JsonGenerator json, Window window) {
        json.writeStringProperty("function_urn", window.function().toString());
        json.writeStringProperty("from", window.from().toString());
        json.writeStringProperty("to", window.to().toString());
    }

    private static void number(JsonGenerator json, String name, OptionalLong value) {
        number(json, name, value.isPresent() ? value.getAsLong() : null);
    }

    private static void number(JsonGenerator json, String name, @Nullable Long value) {
        if (value == null) {
            json.writeNullProperty(name);
        } else {
            json.writeNumberProperty(name, value);
        }
    }

    private void line(String type, Fields fields) {
        print(
                json -> {
                    json.writeStringProperty("type", type);
                    fields.write(json);
                },
                false);
    }

    private synchronized void print(Fields fields, boolean indented) {
        StringWriter text = new StringWriter();
        ObjectWriteContext context =
                indented
                        ? new ObjectWriteContext.Base() {
                            @Override
                            public tools.jackson.core.PrettyPrinter getPrettyPrinter() {
                                return new DefaultPrettyPrinter();
                            }
                        }
                        : ObjectWriteContext.empty();
        try (JsonGenerator json = JSON.createGenerator(context, text)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        }
        out.println(text);
    }
}
