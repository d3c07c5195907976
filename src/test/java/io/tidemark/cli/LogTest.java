package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What strangers wrote into records and answers stays text in the log. */
class LogTest {
    private static final String HOSTILE =
            "a\u001B[31mb\u009B31m\r\n2026-11-01T00:00:00.000Z INFO  main Apply: all is well\u202E\u2028.";

    @TempDir private Path directory = Path.of("");
    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);

    @AfterEach
    void logNothing() {
        root.setLevel(Level.OFF);
        List<Appender<ILoggingEvent>> appenders = new ArrayList<>();
        root.iteratorForAppenders().forEachRemaining(appenders::add);
        appenders.forEach(Appender::stop);
        appenders.forEach(root::detachAppender);
    }

    @Test
    void nothingOfItColoursMovesOrBeginsALine() throws Exception {
        Path file = directory.resolve("test.log");
        Log.to(file);
        Logger log = (Logger) LoggerFactory.getLogger("io.tidemark.Test");

        log.info("one {}", HOSTILE);
        log.error("two", new IllegalStateException("three " + HOSTILE));

        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(0)).contains("INFO").contains("Test: one a").endsWith("well??.");
        assertThat(lines.get(1)).contains("ERROR").endsWith("Test: two");
        assertThat(lines).anyMatch(line -> line.startsWith("    \tat " + getClass().getName()));
        assertThat(lines).filteredOn(line -> line.startsWith(" ")).isNotEmpty();
        assertThat(lines).filteredOn(line -> !line.startsWith(" ")).hasSize(2);
        assertThat(String.join("", lines)).doesNotContainPattern("[\\p{Cc}\\p{Cf}&&[^\\t]]");
    }
}
