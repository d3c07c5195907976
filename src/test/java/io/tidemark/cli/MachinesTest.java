package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What programs get to read where a command is refused: one object, and nothing beside it. */
class MachinesTest {
    @TempDir private Path directory = Path.of("");

    @Test
    void aCommandThatIsRefusedSaysSoAsOneObject() {
        JsonNode error =
                error(Screen.of("plan", directory.resolve("none.yaml").toString(), "--json"));

        assertThat(error.path("message").asString()).contains("none.yaml");
    }

    @Test
    void anOptionThatIsNoneIsToldAsOneObject() {
        JsonNode error = error(Screen.of("plan", "job.yaml", "--json", "--colour"));

        assertThat(error.path("message").asString()).contains("--colour");
    }

    @Test
    void whatNobodyExpectedIsToldAsOneObject() {
        AtomicBoolean mended = new AtomicBoolean();
        InstantSource broken =
                () -> {
                    if (mended.getAndSet(true)) {
                        return Instant.EPOCH;
                    }
                    throw new IllegalStateException("the clock is broken");
                };

        JsonNode error = error(Screen.at(broken, "plan", "jobs/demo.yaml", "--json"));

        assertThat(error.path("message").asString()).contains("the clock is broken");
    }

    private static JsonNode error(Screen screen) {
        screen.endsWith(1);
        assertThat(screen.err()).isEmpty();
        JsonNode error = JsonMapper.shared().readTree(screen.out());
        assertThat(error.path("type").asString()).isEqualTo("error");
        assertThat(error.path("exit").asInt()).isEqualTo(1);
        return error;
    }
}
