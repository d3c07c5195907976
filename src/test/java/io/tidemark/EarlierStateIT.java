package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.Program;
import io.tidemark.testing.Workspace;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * State, stage and files that the version of 2026-11-26 left when it was killed between two pages,
 * with three windows exported, one interrupted and four to come.
 */
class EarlierStateIT {
    private static final SandboxSettings DATA =
            SandboxSettings.DEFAULT
                    .withFunctions(2)
                    .withRecords(120)
                    .withDays(4)
                    .withSeed(7)
                    .withUntil(Instant.parse("2026-11-15T00:00:00Z"));

    @TempDir private Path directory = Path.of("");

    @Test
    void whatWasExportedStaysKnownAndWhatWasInterruptedEnds() throws Exception {
        unpack();
        Program program =
                Program.of(new Workspace(directory), "")
                        .withState(directory.resolve(".tidemark").toString());
        Map<String, String> before = program.workspace().files("out");
        assertThat(before).hasSize(6);

        assertThat(program.run("plan").endsWith(0).out())
                .contains("Plan: 4 to export, 1 to resume, 3 unchanged;");
        assertThat(program.apply().endsWith(0).out()).contains("5 windows exported");

        assertThat(program.workspace().files("out")).containsAllEntriesOf(before).hasSize(16);
        Workspace exported = new Workspace(directory.resolve("out"));
        try (Sandbox sandbox = Sandbox.start(DATA)) {
            assertThat(Workspace.truth(sandbox, record -> true)).hasSize(120);
            assertThat(exported.csvRows()).isEqualTo(Workspace.truth(sandbox, record -> true));
            assertThat(exported.parquetRows()).isEqualTo(Workspace.truth(sandbox, record -> true));
        }
        program.run("plan", "--detailed-exitcode").endsWith(0);
        program.run("verify").endsWith(0);
    }

    private void unpack() throws Exception {
        try (InputStream packed =
                        Objects.requireNonNull(
                                getClass().getResourceAsStream("/earlier-state.zip"));
                ZipInputStream files = new ZipInputStream(packed)) {
            for (ZipEntry file = files.getNextEntry(); file != null; file = files.getNextEntry()) {
                Path to = directory.resolve(file.getName());
                Files.createDirectories(Objects.requireNonNull(to.getParent()));
                Files.write(to, files.readAllBytes());
            }
        }
    }
}
