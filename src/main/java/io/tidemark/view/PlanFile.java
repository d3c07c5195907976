package io.tidemark.view;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.ledger.StateVersion;
import io.tidemark.plan.Action;
import io.tidemark.plan.Estimate;
import io.tidemark.plan.JobSettings;
import io.tidemark.plan.Plan;
import io.tidemark.plan.SavedPlan;
import io.tidemark.plan.Warning;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A plan in a file, to be applied later exactly as it is. JSON, without secrets; its first key says
 * what it is.
 */
public final class PlanFile {
    private static final String FIRST_KEY = "tidemark_plan";
    private static final String FORMAT_VERSION = "1.0";
    private static final JsonMapper JSON = JsonMapper.shared();

    private PlanFile() {}

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
    public static void write(SavedPlan saved, Path file) throws IOException {
        Plan plan = saved.plan();
        ObjectNode root = JSON.createObjectNode();
        root.put(FIRST_KEY, FORMAT_VERSION);
        root.put("job", plan.job());
        root.put("job_file", saved.jobFile());
        root.put("as_of", plan.asOf().toString());
        ObjectNode state = root.putObject("state");
        saved.state().lineage().ifPresent(lineage -> state.put("lineage", lineage));
        state.put("serial", saved.state().serial());
        state.put("location", saved.stateLocation());
        ObjectNode settings = root.putObject("settings");
        saved.settings().values().forEach(settings::put);
        root.put("keep", plan.keep());
        root.put("closed", plan.closed());
        ArrayNode actions = root.putArray("actions");
        for (Action action : plan.actions()) {
            ObjectNode node = actions.addObject();
            node.put("cause", action.cause().name());
            node.put("function_urn", action.window().function().toString());
            node.put("from", action.window().from().toString());
            node.put("to", action.window().to().toString());
            node.put("generation", action.generation());
            node.put("reason", action.reason());
            ArrayNode sinks = node.putArray("sinks");
            action.sinks().forEach(sinks::add);
            put(node, "records", action.estimate().records());
            put(node, "requests", action.estimate().requests());
        }
        ArrayNode warnings = root.putArray("warnings");
        plan.warnings().forEach(warning -> put(warnings.addObject(), warning));
        if (Files.exists(file) && !isOne(file)) {
            throw new IOException("something else stands there; name a new file");
        }
        Path whole = file.toAbsolutePath();
        Path draft = whole.resolveSibling("_" + whole.getFileName() + ".tmp");
        Files.write(draft, JSON.writeValueAsString(root).getBytes(StandardCharsets.UTF_8));
        Files.move(draft, whole, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * @throws IOException also where the file is damaged or of another version of this program
     */
    public static SavedPlan read(Path file) throws IOException {
        try {
            JsonNode root = JSON.readTree(Files.readString(file));
            if (!FORMAT_VERSION.equals(root.required(FIRST_KEY).asString())) {
                throw new IOException("made by another version of tidemark");
            }
            TreeMap<String, String> settings = new TreeMap<>();
            root.required("settings")
                    .properties()
                    .forEach(entry -> settings.put(entry.getKey(), entry.getValue().asString()));
            List<Action> actions = new ArrayList<>();
            root.required("actions").forEach(node -> actions.add(action(node)));
            List<Warning> warnings = new ArrayList<>();
            root.path("warnings").forEach(node -> warnings.add(warning(node)));
            JsonNode state = root.required("state");
            return new SavedPlan(
                    new Plan(
                            root.required("job").asString(),
                            Instant.parse(root.required("as_of").asString()),
                            actions,
                            root.required("keep").asLong(),
                            root.required("closed").asLong(),
                            OptionalDouble.empty(),
                            warnings),
                    root.required("job_file").asString(),
                    new JobSettings(settings),
                    state.required("location").asString(),
                    new StateVersion(
                            state.optional("lineage").map(JsonNode::asString),
                            state.required("serial").asLong()));
        } catch (JacksonException
                | IllegalArgumentException
                | java.time.DateTimeException damaged) {
            throw new IOException(
                    "damaged: " + damaged.getMessage().lines().findFirst().orElse(""));
        }
    }

    private static Action action(JsonNode node) {
        List<String> sinks = new ArrayList<>();
        node.required("sinks").forEach(sink -> sinks.add(sink.asString()));
        return new Action(
                Action.Cause.valueOf(node.required("cause").asString()),
                new Window(
                        FunctionUrn.of(node.required("function_urn").asString()),
                        new TimeRange(
                                Instant.parse(node.required("from").asString()),
                                Instant.parse(node.required("to").asString()))),
                node.required("generation").asInt(),
                node.required("reason").asString(),
                sinks,
                new Estimate(number(node, "records"), number(node, "requests")));
    }

    private static void put(ObjectNode node, Warning warning) {
        switch (warning) {
            case Warning.PersistenceOff off ->
                    node.put("persistence_off", off.function().toString());
            case Warning.Retention retention ->
                    node.put("begin", retention.begin().toString())
                            .put("listed_from", retention.listedFrom().toString())
                            .put("certain", retention.certain());
        }
    }

    private static Warning warning(JsonNode node) {
        Optional<JsonNode> function = node.optional("persistence_off");
        return function.isPresent()
                ? new Warning.PersistenceOff(FunctionUrn.of(function.get().asString()))
                : new Warning.Retention(
                        Instant.parse(node.required("begin").asString()),
                        Instant.parse(node.required("listed_from").asString()),
                        node.required("certain").asBoolean());
    }

    private static void put(ObjectNode node, String name, OptionalLong value) {
        value.ifPresent(number -> node.put(name, number));
    }

    private static OptionalLong number(JsonNode node, String name) {
        Optional<JsonNode> value = node.optional(name);
        return value.isPresent() ? OptionalLong.of(value.get().asLong()) : OptionalLong.empty();
    }
}
