package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Screen;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plan --out FILE} and {@code apply FILE}. */
class PlanFileTest {
    private static final String JOB =
            """
            job: saved
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["*"]
              requests-per-second: 10000
            window: { from: 2026-10-29, to: 2026-11-01 }
            sinks: [ csv: { path: DIR/csv } ]
            """;

    private final Sandbox sandbox =
            Sandbox.start(
                    SandboxSettings.DEFAULT
                            .withFunctions(2)
                            .withRecords(300)
                            .withDays(3)
                            .withUntil(Instant.parse("2026-11-01T00:00:00Z")));

    @TempDir private Path directory = Path.of("");

    @AfterEach
    void stopSandbox() {
        sandbox.close();
    }

    @Test
    void isAppliedExactlyAndHoldsNoSecret() throws Exception {
        Workspace workspace = workspace(JOB);
        save(workspace, "--to", "2026-10-31");

        Screen applied = applyFile(workspace).endsWith(0);

        assertThat(applied.out()).contains("4 windows exported");
        assertThat(workspace.csvRows())
                .isEqualTo(
                        Workspace.truth(
                                sandbox,
                                record ->
                                        record.startTime() != null
                                                && record.startTime()
                                                        .isBefore(
                                                                Instant.parse(
                                                                        "2026-10-31T00:00:00Z"))));
        assertThat(Files.readString(directory.resolve("plan"))).doesNotContain(sandbox.token());
    }

    @Test
    void isShownAsPlanShowedIt() {
        Workspace workspace = workspace(JOB);
        Screen planned = run(workspace, "plan", "--out", planFile()).endsWith(0);
        Screen asJson = run(workspace, "plan", "--json", "--out", planFile() + "2").endsWith(0);

        assertThat(planned.out()).contains(Screen.of("show", planFile()).endsWith(0).out().strip());
        assertThat(withoutTime(Screen.of("show", planFile() + "2", "--json").endsWith(0).out()))
                .isEqualTo(withoutTime(asJson.out()));
    }

    @Test
    void aPlanThatCannotBeSavedIsNoAnswerForPrograms() {
        Workspace workspace = workspace(JOB);

        Screen screen =
                run(workspace, "plan", "--json", "--out", directory.resolve("no/plan").toString())
                        .endsWith(1);

        assertThat(screen.out().lines())
                .singleElement()
                .asString()
                .startsWith("{\"type\":\"error\"");
        assertThat(screen.err()).isEmpty();
    }

    @Test
    void isAppliedOnce() {
        Workspace workspace = workspace(JOB);
        save(workspace);
        applyFile(workspace).endsWith(0);

        assertThat(applyFile(workspace).endsWith(1).err())
                .contains("The plan is stale")
                .contains("made on an empty state, and this state is not empty any more");
    }

    @Test
    void isRefusedWhereTheStateHasChangedSince() {
        Workspace workspace = workspace(JOB);
        run(workspace, "apply", "--auto-approve", "--to", "2026-10-30").endsWith(0);
        save(workspace);
        run(workspace, "apply", "--auto-approve", "--to", "2026-10-31").endsWith(0);

        assertThat(applyFile(workspace).endsWith(1).err()).contains("the state has changed since");
    }

    @Test
    void isRefusedOnAnotherState() {
        Workspace workspace = workspace(JOB);
        run(workspace, "apply", "--auto-approve", "--to", "2026-10-30").endsWith(0);
        save(workspace);
        workspace.state().toFile().renameTo(directory.resolve("elsewhere").toFile());

        assertThat(applyFile(workspace).endsWith(1).err())
                .contains("made on another state than this one");
        assertThat(workspace.state()).doesNotExist();
    }

    @Test
    void isRefusedWhereTheJobFileHasChangedAndNamesTheKeys() {
        Workspace workspace = workspace(JOB);
        save(workspace);
        workspace(JOB.replace("to: 2026-11-01", "to: 2026-10-31"));

        assertThat(applyFile(workspace).endsWith(1).err()).contains("has changed since: window.to");
    }

    @Test
    void isRefusedOnAStateElsewhereThoughBothAreEmpty() {
        Workspace workspace = workspace(JOB);
        save(workspace);

        Screen screen =
                Screen.of(
                                "apply",
                                planFile(),
                                "--auto-approve",
                                "--state",
                                directory.resolve("other").toString(),
                                "--var",
                                "TOKEN=" + sandbox.token())
                        .endsWith(1);

        assertThat(screen.err()).contains("it was made on the state at " + workspace.state());
    }

    @Test
    void isNotSavedOverSomethingElse() throws Exception {
        Workspace workspace = workspace(JOB);
        String job = Files.readString(workspace.jobFile());

        Screen screen = run(workspace, "plan", "--out", workspace.jobFile().toString()).endsWith(1);

        assertThat(screen.err()).contains("something else stands there");
        assertThat(Files.readString(workspace.jobFile())).isEqualTo(job);
    }

    @Test
    void takesNoFilters() {
        Workspace workspace = workspace(JOB);
        save(workspace);

        assertThat(
                        Screen.of("apply", planFile(), "--from", "2026-10-30", "--auto-approve")
                                .endsWith(1)
                                .err())
                .contains("belong to `tidemark plan`");
    }

    @Test
    void aDamagedOneIsToldWithoutAStackTrace() throws Exception {
        Files.writeString(directory.resolve("plan"), "{\"tidemark_plan\":\"1.0\",\"job\":1");

        assertThat(Screen.of("apply", planFile(), "--auto-approve").endsWith(1).err())
                .contains("this plan cannot be read")
                .doesNotContain("\tat ");
    }

    private Workspace workspace(String job) {
        return new Workspace(directory)
                .job(
                        job.replace("ENDPOINT", sandbox.endpoint().toString())
                                .replace("PROJECT", sandbox.project()));
    }

    private static String withoutTime(String document) {
        return document.replaceFirst("\"as_of\" ?: ?\"[^\"]*\"", "");
    }

    private String planFile() {
        return directory.resolve("plan").toString();
    }

    private void save(Workspace workspace, String... args) {
        String[] all = java.util.Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--out";
        all[args.length + 1] = planFile();
        run(workspace, "plan", all).endsWith(0);
    }

    private Screen applyFile(Workspace workspace) {
        return Screen.of(
                "apply",
                planFile(),
                "--auto-approve",
                "--state",
                workspace.state().toString(),
                "--var",
                "TOKEN=" + sandbox.token());
    }

    private Screen run(Workspace workspace, String command, String... args) {
        String[] all = java.util.Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--var";
        all[args.length + 1] = "TOKEN=" + sandbox.token();
        return workspace.run(command, all);
    }
}
