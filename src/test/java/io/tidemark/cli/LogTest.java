package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What strangers wrote into records and answers stays text in the log. */
class LogTest {
    private static final String HOSTILE =
            "a\u001B[31mb\u009B31m\r\n2026-11-01T00:00:00.000Z INFO  main Apply: all is well\u202E\u2028.";

    private static final Logger LOGGER = LoggerFactory.getLogger("io.tidemark.Test");

    @TempDir private Path directory = Path.of("");

    @Test
    void nothingOfItColoursMovesOrBeginsALine() throws Exception {
        Path file = directory.resolve("test.log");
        try (Log log = Log.to(file)) {
            assertThat(log).isNotNull();
            LOGGER.info("one {}", HOSTILE);
            LOGGER.error("two", new IllegalStateException("three " + HOSTILE));
        }

        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(0)).contains("INFO").contains("Test: one a").endsWith("well??.");
        assertThat(lines.get(1)).contains("ERROR").endsWith("Test: two");
        assertThat(lines).anyMatch(line -> line.startsWith("    \tat " + getClass().getName()));
        assertThat(lines).filteredOn(line -> line.startsWith(" ")).isNotEmpty();
        assertThat(lines).filteredOn(line -> !line.startsWith(" ")).hasSize(2);
        assertThat(String.join("", lines)).doesNotContainPattern("[\\p{Cc}\\p{Cf}&&[^\\t]]");
    }

    @Test
    void twoCommandsInOneProcessHaveLogsOfTheirOwn() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        try (ExecutorService commands = Executors.newFixedThreadPool(2)) {
            Future<?> one = commands.submit(() -> command("one", together));
            Future<?> two = commands.submit(() -> command("two", together));
            one.get();
            two.get();
        }

        for (String name : List.of("one", "two")) {
            assertThat(Files.readAllLines(directory.resolve(name)))
                    .extracting(line -> line.substring(line.indexOf("Test: ")))
                    .containsExactly("Test: " + name, "Test: a worker of " + name);
        }
    }

    private @Nullable Void command(String name, CyclicBarrier together) throws Exception {
        try (Log log = Log.to(directory.resolve(name))) {
            assertThat(log).isNotNull();
            together.await();
            LOGGER.info(name);
            Thread worker = new Thread(() -> LOGGER.info("a worker of {}", name));
            worker.start();
            worker.join();
            together.await();
        }
        LOGGER.info("nobody listens to {} any more", name);
        return null;
    }
}
