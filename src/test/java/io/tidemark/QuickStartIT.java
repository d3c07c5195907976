package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cache that {@code ./tidemark} makes after its first apply: that it is made, and that it is
 * used.
 */
@Tag("proof")
class QuickStartIT {
    private static final Path ROOT = Path.of("").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir private Path directory = Path.of("");

    @Test
    void theFirstApplyLeavesWhatMakesTheLaterOnesQuick() throws Exception {
        for (Path before : caches()) {
            Files.delete(before);
        }
        assertThat(ofTheCache("plan")).isZero();
        tidemark("apply", "--auto-approve");
        await().atMost(PATIENCE).until(() -> caches().size() == 1);

        assertThat(ofTheCache("plan")).isGreaterThan(2_000);
        assertThat(ofTheCache("apply", "--auto-approve")).isGreaterThan(2_000);
    }

    @Test
    void aCacheThatDoesNotFitIsPassedOverInSilence() throws Exception {
        tidemark("apply", "--auto-approve");
        await().atMost(PATIENCE).until(() -> caches().size() == 1);
        Files.writeString(caches().getFirst(), "no cache");

        assertThat(tidemark("plan"))
                .startsWith("\nNothing to do: 35 windows, all exported.")
                .doesNotContain("cache", "\tat ");
        Files.delete(caches().getFirst());
    }

    private static List<Path> caches() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("target"))) {
            return files.filter(file -> file.getFileName().toString().matches("quick-start-[0-9]+"))
                    .toList();
        }
    }

    /** How many classes of ours and of libraries come out of it. */
    private long ofTheCache(String... command) throws Exception {
        Path log = directory.resolve("classes.log");
        tidemark(List.of("-Xlog:class+load:file=" + log), command);
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("shared objects file"))
                    .filter(line -> !line.contains(" java.") && !line.contains(" jdk."))
                    .filter(line -> line.contains(" io.tidemark.") || line.contains(" org."))
                    .count();
        }
    }

    private String tidemark(String... command) throws Exception {
        return tidemark(List.of(), command);
    }

    private String tidemark(List<String> java, String... command) throws Exception {
        List<String> line = new ArrayList<>(List.of(ROOT.resolve("tidemark").toString()));
        line.addAll(Arrays.asList(command));
        line.addAll(List.of(ROOT.resolve("jobs/demo.yaml").toString()));
        Path out = directory.resolve("out.txt");
        ProcessBuilder process =
                new ProcessBuilder(line)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile());
        process.environment().remove("TIDEMARK_CACHE");
        process.environment().put("TIDEMARK_JAVA_OPTS", String.join(" ", java));
        int exit = process.start().waitFor();
        assertThat(exit).as(Files.readString(out)).isZero();
        return Files.readString(out);
    }
}
