package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Screen;
import io.tidemark.sandbox.Behaviour;
import io.tidemark.sandbox.Behaviour.Persistence;
import io.tidemark.sandbox.FunctionUrn;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sandbox.Request;
import io.tidemark.sandbox.Sandbox;
import io.tidemark.sandbox.SandboxSettings;
import io.tidemark.testing.Workspace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What users are told where the source may list less than there was. */
class WarningsTest {
    /** The second function of the sandbox is the one whose persistence is off. */
    private static final String UNRECORDED = "default:orders-payment";

    private static final String OFF = "persistence is off: nothing is recorded of " + UNRECORDED;

    private static final SandboxSettings SETTINGS =
            SandboxSettings.DEFAULT
                    .withFunctions(3)
                    .withRecords(900)
                    .withDays(3)
                    .withSeed(11)
                    .withUntil(Instant.parse("2026-11-01T00:00:00Z"));

    /** Sixty days of records, of which the source has forgotten all but the last forty. */
    private static final SandboxSettings FORGETFUL =
            SETTINGS.withRecords(3000)
                    .withDays(60)
                    .withUntil(Instant.parse("2026-03-01T00:00:00Z"))
                    .withRetention(Duration.ofDays(40));

    private static final String JOB =
            """
            job: held
            source:
              endpoint: ENDPOINT
              project: PROJECT
              auth: { token: "${TOKEN}" }
              functions: ["*"]
              page-size: 100
              requests-per-second: 10000
            window: { from: 2026-10-29, to: 2026-11-01 }
            sinks:
              - csv: { path: DIR/csv }
            """;

    private static final String JANUARY =
            JOB.replace("from: 2026-10-29, to: 2026-11-01", "from: 2026-01-12, to: 2026-01-26");

    @TempDir private Path directory = Path.of("");

    @Test
    void nothingIsSaidOrAskedAboutFunctionsThatHaveRecords() {
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(Persistence.ON))) {
            workspace(sandbox, JOB);

            assertThat(run(sandbox, "plan").endsWith(0).out()).doesNotContain("Warning");
            assertThat(run(sandbox, "apply", "--auto-approve").endsWith(0).out())
                    .doesNotContain("Warning")
                    .doesNotContain("unproven");
            assertThat(askedAboutPersistence(sandbox)).isZero();
        }
    }

    @Test
    void aFunctionThatWasIdleWhileItWasRecordedIsCompleteAndAskedAboutOnce() {
        // with more than three functions, the last one is idle
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withFunctions(4))) {
            workspace(sandbox, JOB);

            Screen screen = run(sandbox, "apply", "--auto-approve").endsWith(0);

            assertThat(screen.out()).doesNotContain("Warning").doesNotContain("unproven");
            assertThat(askedAboutPersistence(sandbox)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ON")
    void planNamesTheFunctionThatNothingIsRecordedOf(Persistence off) {
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(off))) {
            workspace(sandbox, JOB);

            Screen screen = run(sandbox, "plan").endsWith(0);

            assertThat(flat(screen))
                    .containsOnlyOnce(OFF)
                    .contains("Switch on")
                    .contains("9 to export; about 9");
            assertThat(askedAboutPersistence(sandbox)).isEqualTo(1);
            assertThat(json(run(sandbox, "plan", "--json").endsWith(0).out()).path("warnings"))
                    .singleElement()
                    .satisfies(warning -> isOff(warning, sandbox));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyListIsSeenToBeEmptyWhateverItsLastMarkerSays(Behaviour.LastMarker lastMarker) {
        try (Sandbox sandbox =
                Sandbox.start(SETTINGS.withBehaviour(Persistence.OFF_AND_EMPTY, lastMarker))) {
            workspace(sandbox, JOB);

            assertThat(flat(run(sandbox, "plan").endsWith(0))).contains(OFF);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ON")
    void applyExportsItsEmptyWindowsWithoutCallingThemProven(Persistence off) throws Exception {
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(off))) {
            workspace(sandbox, JOB);

            Screen screen = run(sandbox, "apply", "--auto-approve").endsWith(0);

            assertExportedAndUnproven(sandbox, screen);
            assertThat(askedAboutPersistence(sandbox)).isEqualTo(1);
            assertThat(flat(screen).split(OFF, -1)).hasSize(1 + 2); // plan and summary
            assertThat(run(sandbox, "apply", "--auto-approve").endsWith(0).out())
                    .contains("Nothing to do: 9 windows, all exported.");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ON")
    void applyFindsItOutByItselfWhereThePlanDidNotAskTheSource(Persistence off) throws Exception {
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(off))) {
            workspace(sandbox, JOB);

            Screen screen = run(sandbox, "apply", "--auto-approve", "--refresh=false").endsWith(0);

            assertExportedAndUnproven(sandbox, screen);
            assertThat(askedAboutPersistence(sandbox)).isEqualTo(1);
            assertThat(flat(screen)).containsOnlyOnce(OFF);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ON")
    void aSavedPlanKeepsTheWarningAndAppliesTheSame(Persistence off) throws Exception {
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(off))) {
            Workspace workspace = workspace(sandbox, JOB);
            String plan = directory.resolve("plan").toString();
            run(sandbox, "plan", "--out", plan).endsWith(0);

            Screen screen =
                    Screen.of(
                                    "apply",
                                    plan,
                                    "--auto-approve",
                                    "--state",
                                    workspace.state().toString(),
                                    "--var",
                                    "TOKEN=" + sandbox.token())
                            .endsWith(0);

            assertExportedAndUnproven(sandbox, screen);
            assertThat(flat(screen).split(OFF, -1)).hasSize(1 + 2); // plan and summary
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ON")
    void programsAreToldBeforeAndAfter(Persistence off) {
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(off))) {
            workspace(sandbox, JOB);

            List<JsonNode> lines =
                    run(sandbox, "apply", "--auto-approve", "--json")
                            .endsWith(0)
                            .out()
                            .lines()
                            .map(WarningsTest::json)
                            .toList();

            assertThat(List.of(lines.getFirst(), lines.getLast()))
                    .allSatisfy(line ->
                            assertThat(line.path("warnings"))
                                    .singleElement()
                                    .satisfies(warning -> isOff(warning, sandbox)));
            assertThat(lines)
                    .filteredOn(line -> line.path("type").asString().equals("window"))
                    .hasSize(9)
                    .allSatisfy(line ->
                            assertThat(line.path("verdict").asString())
                                    .isEqualTo(
                                            unrecorded(sandbox)
                                                            .toString()
                                                            .equals(
                                                                    line.path("function_urn")
                                                                            .asString())
                                                    ? "unproven"
                                                    : "complete"));
        }
    }

    @Test
    void aJobWhoseOnlyFunctionIsRefusedIsAnAnswerToo() {
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(Persistence.OFF_AND_REFUSED))) {
            workspace(sandbox, JOB.replace("\"*\"", "\"" + UNRECORDED + "\""));

            Screen screen = run(sandbox, "apply", "--auto-approve").endsWith(0);

            assertThat(flat(screen))
                    .contains(OFF)
                    .contains("3 windows exported, 3 of them unproven");
        }
    }

    @Test
    void whatWasExportedBeforePersistenceWasSwitchedOffIsNotReplacedByNothing() {
        Map<String, String> before;
        try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(Behaviour.Count.TOO_HIGH))) {
            workspace(sandbox, JOB);
            run(sandbox, "apply", "--auto-approve").endsWith(3); // incomplete: read again
            before = new Workspace(directory).files("csv");
        }
        for (Persistence off : List.of(Persistence.OFF_AND_EMPTY, Persistence.OFF_AND_REFUSED)) {
            try (Sandbox sandbox = Sandbox.start(SETTINGS.withBehaviour(off))) {
                workspace(sandbox, JOB);

                Screen screen =
                        run(sandbox, "apply", "--auto-approve", "--function", UNRECORDED)
                                .endsWith(3);

                assertThat(flat(screen))
                        .contains("3 failed")
                        .contains(OFF)
                        .contains("nothing is dropped");
                assertThat(new Workspace(directory).files("csv")).isEqualTo(before);
            }
        }
    }

    @Test
    void aRangeThatBeginsBeforeWhatTheSourceStillHoldsIsWarnedAbout() {
        try (Sandbox sandbox = Sandbox.start(FORGETFUL)) {
            workspace(sandbox, JANUARY);
            String warning =
                    "the plan begins at 2026-01-12, and the source lists nothing before %s, as far as it was asked."
                            .formatted(oldestDay(sandbox));

            assertThat(flat(run(sandbox, "plan").endsWith(0)))
                    .containsOnlyOnce(warning)
                    .contains("Older records are gone, or there never were any")
                    .contains("raise the retention");
            assertThat(json(run(sandbox, "plan", "--json").endsWith(0).out()).path("warnings"))
                    .singleElement()
                    .satisfies(node -> {
                        assertThat(node.path("kind").asString()).isEqualTo("retention");
                        assertThat(node.path("function_urn").isNull()).isTrue();
                        assertThat(node.path("message").asString())
                                .contains("before %sT00:00:00Z".formatted(oldestDay(sandbox)));
                    });
            assertThat(flat(run(sandbox, "apply", "--auto-approve").endsWith(0)).split(warning, -1))
                    .hasSize(1 + 2); // plan and summary
            assertThat(run(sandbox, "plan").endsWith(0).out())
                    .contains("Nothing to do")
                    .doesNotContain("Warning");
        }
    }

    @Test
    void aRangeThatBeginsWhereTheSourceBeginsIsNotWarnedAbout() {
        try (Sandbox sandbox = Sandbox.start(FORGETFUL)) {
            workspace(sandbox, JANUARY);

            assertThat(
                            run(sandbox, "plan", "--from", oldestDay(sandbox).toString())
                                    .endsWith(0)
                                    .out())
                    .doesNotContain("Warning");
        }
    }

    @Test
    void windowsThatWereExportedInTimeAreNotWarnedAboutWhenTheirRecordsExpire() {
        try (Sandbox sandbox = Sandbox.start(FORGETFUL.withRetention(Duration.ofDays(400)))) {
            workspace(sandbox, JANUARY);
            run(sandbox, "apply", "--auto-approve", "--to", "2026-01-22").endsWith(0);
        }
        try (Sandbox sandbox = Sandbox.start(FORGETFUL)) {
            workspace(sandbox, JANUARY);

            assertThat(run(sandbox, "plan").endsWith(0).out())
                    .contains("to export")
                    .doesNotContain("Warning");
        }
    }

    @Test
    void aRangeThatIsGoneAltogetherIsWarnedAbout() {
        try (Sandbox sandbox = Sandbox.start(FORGETFUL)) {
            workspace(sandbox, JANUARY);

            assertThat(flat(run(sandbox, "plan", "--to", "2026-01-16").endsWith(0)))
                    .contains("the source lists nothing before 2026-01-16");
        }
    }

    private void assertExportedAndUnproven(Sandbox sandbox, Screen screen) throws Exception {
        assertThat(new Workspace(directory).csvRows())
                .isEqualTo(Workspace.truth(sandbox, record -> true))
                .hasSize(900);
        assertThat(flat(screen)).contains("9 windows exported, 3 of them unproven; 900 records");
        assertThat(run(sandbox, "state show", "--function", UNRECORDED).endsWith(0).out().lines())
                .filteredOn(line -> line.strip().startsWith("verdict"))
                .hasSize(3)
                .allMatch(line -> line.contains("unproven: persistence is off"));
    }

    private static void isOff(JsonNode warning, Sandbox sandbox) {
        assertThat(warning.path("kind").asString()).isEqualTo("persistence");
        assertThat(warning.path("function_urn").asString())
                .isEqualTo(unrecorded(sandbox).toString());
        assertThat(warning.path("message").asString()).contains(OFF);
    }

    private static FunctionUrn unrecorded(Sandbox sandbox) {
        return sandbox.functions().get(1);
    }

    /** The day of the oldest record the sandbox still holds, by its own account. */
    private static LocalDate oldestDay(Sandbox sandbox) {
        return sandbox.truth()
                .map(Invocation::startTime)
                .filter(Objects::nonNull)
                .min(Instant::compareTo)
                .orElseThrow()
                .atZone(ZoneOffset.UTC)
                .toLocalDate();
    }

    private static long askedAboutPersistence(Sandbox sandbox) {
        return sandbox.requests().stream()
                .map(Request::path)
                .filter(path -> path.endsWith("/async-invoke-config"))
                .count();
    }

    /** The screen without its line breaks. */
    private static String flat(Screen screen) {
        return screen.out().replaceAll("\\s+", " ");
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private Workspace workspace(Sandbox sandbox, String job) {
        return new Workspace(directory)
                .job(
                        job.replace("ENDPOINT", sandbox.endpoint().toString())
                                .replace("PROJECT", sandbox.project()));
    }

    private Screen run(Sandbox sandbox, String command, String... args) {
        String[] all = java.util.Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--var";
        all[args.length + 1] = "TOKEN=" + sandbox.token();
        return new Workspace(directory).run(command, all);
    }
}
