package io.tidemark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The one list of keys, held against what editors and readers are told of them. */
class JobKeyTest {

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

    private static Stream<String> paths() {
        return Arrays.stream(JobKey.values()).map(JobKey::path);
    }
}
