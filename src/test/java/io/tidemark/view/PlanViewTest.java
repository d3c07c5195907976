package io.tidemark.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ledger.StateVersion;
import io.tidemark.plan.Action;
import io.tidemark.plan.JobSettings;
import io.tidemark.plan.Plan;
import io.tidemark.plan.SavedPlan;
import io.tidemark.sandbox.FunctionUrn;
import io.tidemark.source.Learned;
import io.tidemark.testing.Records;
import io.tidemark.window.Estimate;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Warning;
import io.tidemark.window.Window;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanViewTest {
    private static final Instant START =
            Instant.parse("2026-10-31T23:00:00Z"); // midnight in Berlin
    private static final Learned KNOWN = known();
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static Learned known() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("compares", "start");
        facts.put("begin", "included");
        facts.put("end", "excluded");
        facts.put("samples", 6);
        return new Learned(
                Optional.empty(),
                new TreeMap<>(),
                "The source filters by start time; begin in, end out (6 records asked).",
                facts);
    }

    @Test
    void peopleSeeFoldedWindowsSignsAndOneSummaryLine() throws IOException {
        assertThat(screen(plan(), BERLIN)).isEqualTo(golden("plan.txt"));
    }

    @Test
    void programsSeeEveryWindowInTheContractsForm() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        View.forPrograms(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        View.PlanAs.DOCUMENT,
                        InstantSource.fixed(START))
                .plan(plan(), KNOWN);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(golden("plan.json"));
    }

    @Test
    void aLargePlanStaysReadable() {
        List<Action> actions = new ArrayList<>();
        for (int function = 0; function < 500; function++) {
            for (int day = 0; day < 365; day++) {
                actions.add(
                        action(
                                // every other day something else, so that nothing folds
                                day % 2 == 0
                                        ? Action.Cause.NEVER_EXPORTED
                                        : Action.Cause.OPEN_RECORDS,
                                "f%03d-with-a-name-that-is-rather-long".formatted(function),
                                day,
                                "a reason that goes on and on, longer than any terminal is wide",
                                Estimate.of(2, 1)));
            }
        }
        String screen =
                screen(new Plan("large", START, actions, 0, 0, OptionalDouble.of(20)), BERLIN);

        assertThat(screen.lines())
                .hasSizeLessThan(1400)
                .allMatch(line -> line.startsWith("Plan: ") || line.length() <= 80);
        assertThat(screen)
                .contains("... and 460 more functions with 167,900 windows")
                .contains(
                        "Plan: 91,500 to export, 91,000 to update; about 365,000 records in 182,500 requests")
                .contains("At 20 requests per second that takes about 2 h 32 min.");
    }

    @Test
    void manyFunctionsWithTheSameWarningShareOne() {
        List<Action> actions = new ArrayList<>();
        List<Warning> warnings = new ArrayList<>();
        for (int i = 0; i < 490; i++) {
            String name = "f%03d".formatted(i);
            actions.add(
                    action(
                            Action.Cause.NEVER_EXPORTED,
                            name,
                            0,
                            "never exported",
                            Estimate.NOTHING));
            warnings.add(new Warning.NothingRecorded(window(name, 0).feed()));
        }
        Plan plan =
                new Plan("many", START, actions, 0, 0, OptionalDouble.empty())
                        .withWarnings(warnings);

        assertThat(screen(plan, BERLIN).replaceAll("\\s+", " "))
                .containsOnlyOnce("Warning")
                .contains(
                        "default:f003, default:f004 and 485 more functions (all of them: --json), so that");
    }

    @Test
    void whatIsNotKnownIsSaidToBeUnknown() {
        Plan plan =
                new Plan(
                        "job",
                        START,
                        List.of(
                                action(
                                        Action.Cause.NEVER_EXPORTED,
                                        "orders",
                                        0,
                                        "never exported",
                                        Estimate.UNKNOWN)),
                        0,
                        0,
                        OptionalDouble.of(20));

        assertThat(screen(plan, BERLIN))
                .contains("Plan: 1 to export; how many records is unknown\n");
    }

    @Test
    void aSavedPlanIsReadBackAsItWas(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("a.plan");
        SavedPlan saved =
                new SavedPlan(
                        plan(),
                        "jobs/x.yaml",
                        new JobSettings(
                                new TreeMap<>(Map.of("job", "orders", "window.from", "now"))),
                        "/srv/state",
                        new StateVersion(Optional.of("abc"), 7));

        PlanFile.write(new PlanFile.Content(saved, KNOWN), file);

        assertThat(PlanFile.isOne(file)).isTrue();
        SavedPlan read = PlanFile.read(file).saved();
        assertThat(PlanFile.read(file).learned().sentence()).isEqualTo(KNOWN.sentence());
        assertThat(PlanFile.read(file).learned().facts()).isEqualTo(KNOWN.facts());
        assertThat(read.plan().actions()).isEqualTo(saved.plan().actions());
        assertThat(read.plan().warnings()).isEqualTo(saved.plan().warnings()).hasSize(2);
        assertThat(read.settings()).isEqualTo(saved.settings());
        assertThat(read.state()).isEqualTo(saved.state());
        assertThat(read.plan().asOf()).isEqualTo(START);
    }

    private static Plan plan() {
        List<Action> actions = new ArrayList<>();
        for (int day = 0; day < 3; day++) {
            actions.add(
                    action(
                            Action.Cause.NEVER_EXPORTED,
                            "mail",
                            day,
                            "never exported",
                            Estimate.of(1200, 3)));
        }
        actions.add(
                action(Action.Cause.NEVER_EXPORTED, "mail", 5, "never exported", Estimate.NOTHING));
        actions.add(action(Action.Cause.UNFINISHED, "orders", 0, "interrupted", Estimate.of(1, 1)));
        actions.add(
                action(
                        Action.Cause.OPEN_RECORDS,
                        "orders",
                        1,
                        "2 records were still open",
                        Estimate.of(700, 2)));
        actions.add(
                new Action(
                        Action.Cause.SINKS_DIFFER,
                        window("orders", 2),
                        1,
                        "csv:out/csv: the file is missing",
                        List.of("csv:out/csv"),
                        Estimate.of(10, 0)));
        return new Plan("orders", START, actions, 344, 2, OptionalDouble.of(2.5))
                .withWarnings(
                        List.of(
                                new Warning.NothingRecorded(window("mail", 0).feed()),
                                new Warning.Forgotten(
                                        START, START.plusSeconds(5 * 86_400L), true)));
    }

    private static Action action(
            Action.Cause cause, String function, int day, String reason, Estimate estimate) {
        return new Action(cause, window(function, day), 1, reason, List.of(), estimate);
    }

    private static Window window(String function, int day) {
        Instant from = START.plusSeconds(day * 86_400L);
        return new Window(
                Records.feed(FunctionUrn.of("urn:fss:eu-de:p1:function:default:" + function)),
                new TimeRange(from, from.plusSeconds(86_400)));
    }

    private static String screen(Plan plan, ZoneId zone) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        View.forPeople(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new Terminal(false, false),
                        zone,
                        InstantSource.fixed(START))
                .plan(plan, KNOWN);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String golden(String name) throws IOException {
        try (var in = PlanViewTest.class.getResourceAsStream("/golden/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
