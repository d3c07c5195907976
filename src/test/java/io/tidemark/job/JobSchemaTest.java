package io.tidemark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What an editor is told about job files, held against what the reader makes of them. */
class JobSchemaTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final JsonNode TEXT = read();
    private static final Schema SCHEMA = REGISTRY.getSchema(TEXT);

    @Test
    void isAJsonSchemaItself() {
        Schema meta =
                REGISTRY.getSchema(
                        SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()));

        assertThat(meta.validate(TEXT)).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> acceptsWhatTheReaderAccepts() throws IOException {
        return Stream.concat(
                        Stream.of(BadJobs.CLOUD, BadJobs.SANDBOX, JobFileTest.EVERYTHING),
                        shipped().map(JobSchemaTest::text))
                .map(job -> dynamicTest(job.lines().toList().get(3), () -> assertAccepts(job)));
    }

    @TestFactory
    Stream<DynamicTest> everyShippedJobNamesItWhereItStands() throws IOException {
        return shipped()
                .map(job ->
                        dynamicTest(
                                job.toString(),
                                () -> {
                                    String first = text(job).lines().findFirst().orElse("");
                                    String named = first.replaceFirst(".*\\$schema=", "");
                                    assertThat(first).startsWith("# yaml-language-server:");
                                    assertThat(job.resolveSibling(named)).exists();
                                }));
    }

    @TestFactory
    Stream<DynamicTest> rejectsWhatTheReaderRejectsWhereItCanSeeIt() {
        return BadJobs.ALL.stream()
                .filter(BadJobs::seenBySchema)
                .map(bad ->
                        dynamicTest(
                                bad.what(),
                                () -> assertThat(SCHEMA.validate(json(bad.yaml()))).isNotEmpty()));
    }

    @Test
    void knowsTheKeysTheReaderKnows() {
        Map<String, Set<String>> inSchema = new TreeMap<>();
        Map<String, Set<String>> inReader = new TreeMap<>();

        eachMapping((path, schema) -> {
            inSchema.put(path, new TreeSet<>(schema.get("properties").propertyNames()));
            inReader.put(path, keysTheReaderKnows(path));
        });

        assertThat(inReader).isEqualTo(inSchema).hasSize(12);
    }

    @Test
    void promisesTheDefaultsTheReaderFillsIn() {
        List<String> held = new ArrayList<>();

        eachMapping((path, schema) ->
                schema.get("properties")
                        .propertyStream()
                        .filter(property -> property.getValue().has("default"))
                        .forEach(property -> {
                            assertIsDefault(path, property);
                            held.add(property.getKey());
                        }));

        assertThat(held)
                .contains(
                        "page-size",
                        "connections",
                        "records",
                        "every",
                        "compression",
                        "formula-guard")
                .hasSize(15);
    }

    @Test
    void describesEveryKey() {
        eachMapping((path, schema) ->
                schema.get("properties")
                        .properties()
                        .forEach(property ->
                                assertThat(isDescribed(property.getValue()))
                                        .as(path + "/" + property.getKey())
                                        .isTrue()));
    }

    private static void assertAccepts(String job) {
        assertThatNoException().isThrownBy(() -> JobFile.parse(job, "x.yaml", Jobs.anything()));
        assertThat(SCHEMA.validate(json(job))).isEmpty();
    }

    /** Writes the default into a job that lacks it: nothing may change. */
    private static void assertIsDefault(String path, Map.Entry<String, JsonNode> property) {
        String base = path.startsWith("/source/sandbox") ? BadJobs.SANDBOX : BadJobs.CLOUD;
        String sink = path.matches("/sinks/0/.*") ? path.substring("/sinks/0/".length()) : "csv";
        ObjectNode without = (ObjectNode) json(base.replace("- csv:", "- %s:".formatted(sink)));
        ObjectNode with = without.deepCopy();
        ObjectNode parent = (ObjectNode) with.at(path);
        parent.set(property.getKey(), property.getValue().get("default"));
        ((ObjectNode) without.at(path)).remove(property.getKey());

        assertThat(parsed(with)).as(path + "/" + property.getKey()).isEqualTo(parsed(without));
    }

    /** JSON is YAML. */
    private static String parsed(ObjectNode job) {
        try {
            return Jobs.parse(job.toString()).toString();
        } catch (JobFileException e) {
            throw new AssertionError(e);
        }
    }

    /** Asked with a key that none is like: the answer lists those that are known. */
    private static Set<String> keysTheReaderKnows(String path) {
        String nobody = "zzzzzzzzzzzz";
        StringBuilder job = new StringBuilder("{" + nobody + ": 1}");
        List<String> steps = List.of(path.split("/"));
        for (String step : steps.subList(1, steps.size()).reversed()) {
            job.insert(0, step.equals("0") ? "[" : "{" + step + ": ")
                    .append(step.equals("0") ? "]" : "}");
        }
        return Jobs.problemsOf(job.toString()).stream()
                .filter(problem -> problem.path().equals(path + "/" + nobody))
                .flatMap(problem -> Stream.of(problem.hint().split("known here: |, ")))
                .filter(key -> !key.isEmpty())
                .collect(TreeSet::new, Set::add, Set::addAll);
    }

    private static void eachMapping(BiConsumer<String, JsonNode> visitor) {
        visit("", TEXT, visitor);
    }

    private static void visit(String path, JsonNode node, BiConsumer<String, JsonNode> visitor) {
        JsonNode schema = resolved(node);
        if (schema.has("properties")) {
            visitor.accept(path, schema);
            schema.get("properties")
                    .properties()
                    .forEach(
                            child -> visit(path + "/" + child.getKey(), child.getValue(), visitor));
        }
        if (schema.has("items")) {
            visit(path + "/0", schema.get("items"), visitor);
        }
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? TEXT.at(node.get("$ref").asString().substring(1)) : node;
    }

    private static boolean isDescribed(JsonNode node) {
        return node.has("description") || resolved(node).has("description");
    }

    private static JsonNode json(String yaml) {
        LoadSettings settings = LoadSettings.builder().setSchema(new CoreSchema()).build();
        return JSON.valueToTree(new Load(settings).loadFromString(yaml));
    }

    private static Stream<Path> shipped() throws IOException {
        try (Stream<Path> jobs = Files.list(Path.of("jobs"))) {
            return jobs.sorted().toList().stream();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode read() {
        try (InputStream in = JobFile.class.getResourceAsStream("job.schema.json")) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
