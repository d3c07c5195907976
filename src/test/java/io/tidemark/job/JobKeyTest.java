package io.tidemark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The one list of keys, held against what editors and readers are told of them. */
class JobKeyTest {
    private static final String LEAST =
            """
            job: least
            source:
              endpoint: https://fg.example.com
              project: p1
              auth:
                token: ${TOKEN}
              functions: ["*"]
            window:
              from: 2026-10-01
            sinks:
              - csv: { path: out/csv }
            """;

    private static final Set<String> GIVEN =
            Set.of(
                    "job",
                    "source.endpoint",
                    "source.project",
                    "source.auth",
                    "source.functions",
                    "window.from",
                    "sinks");

    @Test
    void theSchemaHasTheSameKeys() {
        JsonNode schema = JsonMapper.shared().readTree(JobSchema.text());

        Set<String> inSchema = new TreeSet<>();
        for (String name : schema.path("properties").propertyNames()) {
            JsonNode key = schema.path("properties").path(name);
            JsonNode meant =
                    key.has("$ref") ? schema.at(key.path("$ref").asString().substring(1)) : key;
            if (meant.path("type").asString().equals("object")) {
                meant.path("properties").propertyNames().forEach(k -> inSchema.add(name + "." + k));
            } else {
                inSchema.add(name);
            }
        }

        assertThat(paths().filter(path -> !path.equals("source.sandbox.until")))
                .containsExactlyInAnyOrderElementsOf(inSchema);
    }

    @Test
    void theReadmesTableHasTheSameKeys() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String table = readme.substring(readme.indexOf("| key | default | |"));
        Set<String> inReadme = new TreeSet<>();
        for (String row : table.substring(0, table.indexOf("\n\n")).lines().skip(2).toList()) {
            String room = "";
            for (var name :
                    Pattern.compile("`([a-z.-]+)`")
                            .matcher(row.split("\\|")[1])
                            .results()
                            .toList()) {
                String path = name.group(1);
                inReadme.add(path.contains(".") || room.isEmpty() ? path : room + path);
                room = path.contains(".") ? path.substring(0, path.indexOf('.') + 1) : room;
            }
        }
        inReadme.add("source.sandbox"); // beside the endpoint, in place of which it stands
        inReadme.add("source.sandbox.until");

        assertThat(inReadme).containsExactlyInAnyOrderElementsOf(paths().toList());
    }

    @Test
    void whatIsLeftOutOfAJobFileIsWhatTheListSays() throws JobFileException {
        SortedMap<String, String> least = JobKey.settings(Jobs.parse(LEAST));

        for (JobKey key : JobKey.values()) {
            if (!GIVEN.contains(key.path())) {
                assertThat(least.get(key.path()))
                        .as(key.path())
                        .isEqualTo(key.standard().orElse(null));
            }
        }
    }

    @Test
    void theSchemaSaysTheSameDefaults() {
        JsonNode schema = JsonMapper.shared().readTree(JobSchema.text());

        for (JobKey key : JobKey.values()) {
            JsonNode said = defaultOf(schema, key.path());
            if (!said.isMissingNode()) {
                assertThat(said.asString()).as(key.path()).isEqualTo(key.standard().orElse(null));
            } else if (key != JobKey.STATUSES
                    && key != JobKey.REQUESTS_PER_SECOND) { // said in words
                assertThat(key.standard()).as(key.path()).isEmpty();
            }
        }
    }

    @Test
    void theReadmesTableSaysTheSameDefaults() throws IOException {
        String readme = Files.readString(Path.of("README.md"));

        for (JobKey key :
                List.of(
                        JobKey.PAGE_SIZE,
                        JobKey.CONNECTIONS,
                        JobKey.EVERY,
                        JobKey.ZONE,
                        JobKey.LAG,
                        JobKey.SETTLE,
                        JobKey.MAX_QUARANTINED)) {
            assertThat(readme)
                    .contains("| `%s` | %s |".formatted(key.path(), key.standard().orElseThrow()));
        }
    }

    @Test
    void whatAJobSaysHasNoSecrets() throws JobFileException {
        JobSpec job = Jobs.parse(JobFileTest.EVERYTHING);

        assertThat(JobKey.settings(job).toString()).doesNotContain(Jobs.CANARY);
        assertThat(JobKey.settings(job).keySet()).contains("schedule", "sinks", "source.auth");
    }

    @Test
    void aWindowIsComparedWithWhatDecidesItsRecordsOrItsPlaceAlone() throws JobFileException {
        assertThat(JobKey.deciding(Jobs.parse(BadJobs.CLOUD)))
                .containsOnlyKeys(
                        "source.endpoint", "source.project", "source.statuses", "window.zone");
        assertThat(JobKey.deciding(Jobs.parse(BadJobs.SANDBOX)))
                .containsOnlyKeys("source.sandbox", "source.statuses", "window.zone");
    }

    private static JsonNode defaultOf(JsonNode schema, String path) {
        JsonNode node = schema;
        for (String name : path.split("\\.")) {
            node = node.has("$ref") ? schema.at(node.path("$ref").asString().substring(1)) : node;
            node = node.path("properties").path(name);
        }
        return node.path("default");
    }

    private static Stream<String> paths() {
        return Arrays.stream(JobKey.values()).map(JobKey::path);
    }
}
