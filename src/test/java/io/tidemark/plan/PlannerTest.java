package io.tidemark.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.job.JobFile;
import io.tidemark.job.JobFileException;
import io.tidemark.job.JobSpec;
import io.tidemark.job.TimeBound;
import io.tidemark.job.Variables;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.SourceIdentity;
import io.tidemark.ledger.Verdict;
import io.tidemark.sandbox.FunctionUrn;
import io.tidemark.testing.Records;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final Instant NOW = Instant.parse("2026-11-10T12:00:00Z");
    private static final FunctionUrn ORDERS =
            FunctionUrn.of("urn:fss:eu-de:p1:function:default:orders");
    private static final FunctionUrn MAIL =
            FunctionUrn.of("urn:fss:eu-de:p1:function:billing:mail");
    private static final String JOB =
            """
            job: plan
            source:
              endpoint: https://functiongraph.example.com
              project: p1
              auth: { token: "${TOKEN}" }
              functions: ["*"]
            window: { from: 2026-11-07 }
            sinks: [ csv: { path: out } ]
            """;

    @Test
    void whatIsNotInTheLedgerIsExportedByFunctionAndTime() throws Exception {
        Plan plan = plan(JOB, List.of());

        assertThat(plan.actions())
                .extracting(action -> action.window().toString())
                .containsExactly(
                        "billing:mail 2026-11-07T00:00:00Z/2026-11-08T00:00:00Z",
                        "billing:mail 2026-11-08T00:00:00Z/2026-11-09T00:00:00Z",
                        "billing:mail 2026-11-09T00:00:00Z/2026-11-10T00:00:00Z",
                        "default:orders 2026-11-07T00:00:00Z/2026-11-08T00:00:00Z",
                        "default:orders 2026-11-08T00:00:00Z/2026-11-09T00:00:00Z",
                        "default:orders 2026-11-09T00:00:00Z/2026-11-10T00:00:00Z");
        assertThat(plan.actions())
                .allMatch(action -> action.kind() == Action.Kind.EXPORT)
                .allMatch(action -> action.attempt() == 1);
    }

    @Test
    void whatIsExportedAndSettledIsKept() throws Exception {
        Plan plan = plan(JOB, List.of(exported(8, 0, Verdict.Kind.COMPLETE)));

        assertThat(plan.unchanged()).isEqualTo(1);
        assertThat(plan.actions()).noneMatch(action -> action.window().equals(window(8)));
    }

    @Test
    void anAttemptThatHasBegunIsGoneOnWith() throws Exception {
        Entry interrupted =
                new Entry(
                        window(8),
                        Optional.empty(),
                        Optional.of(new Entry.Attempt(3, NOW, Optional.empty(), identity(JOB))));

        Action action = action(plan(JOB, List.of(interrupted)), 8);

        assertThat(action.kind()).isEqualTo(Action.Kind.RESUME);
        assertThat(action.attempt()).isEqualTo(3);
        assertThat(action.reason()).isEqualTo("interrupted");
    }

    @Test
    void aReadingThatFailedIsResumedAndSaysWhy() throws Exception {
        Entry failed =
                new Entry(
                        window(8),
                        Optional.empty(),
                        Optional.of(
                                new Entry.Attempt(
                                        1, NOW, Optional.of("disk full"), identity(JOB))));

        assertThat(action(plan(JOB, List.of(failed)), 8).reason()).isEqualTo("failed: disk full");
    }

    @Test
    void aReadingThatBeganUnderAnotherJobFileBeginsAnew() throws Exception {
        Entry interrupted =
                new Entry(
                        window(8),
                        Optional.empty(),
                        Optional.of(new Entry.Attempt(3, NOW, Optional.empty(), identity(JOB))));

        Action action =
                action(
                        plan(
                                JOB.replace("functions:", "statuses: [FAIL]\n  functions:"),
                                List.of(interrupted)),
                        8);

        assertThat(action.attempt()).isEqualTo(4);
        assertThat(action.reason())
                .isEqualTo("source.statuses changed in the job file: begins anew");
    }

    @Test
    void openRecordsAreReadAgainUntilSettleHasPassed() throws Exception {
        List<Entry> open = List.of(exported(7, 2, Verdict.Kind.COMPLETE));

        Action action = action(plan(JOB, open), 7);
        Plan later = plan(JOB.replace("07 }", "07, settle: P2D }"), open);

        assertThat(action.kind()).isEqualTo(Action.Kind.UPDATE);
        assertThat(action.attempt()).isEqualTo(2);
        assertThat(action.reason()).isEqualTo("2 records were still open");
        assertThat(later.unchanged()).isEqualTo(1); // 8 November + 2 days is before now
    }

    @Test
    void anIncompleteWindowIsReadAgain() throws Exception {
        Action action = action(plan(JOB, List.of(exported(9, 0, Verdict.Kind.INCOMPLETE))), 9);

        assertThat(action.kind()).isEqualTo(Action.Kind.UPDATE);
        assertThat(action.reason()).isEqualTo("incomplete: told so");
    }

    @Test
    void aChangedSourceIsNamedByItsKey() throws Exception {
        Plan plan =
                plan(
                        JOB.replace("functions:", "statuses: [FAIL]\n  functions:"),
                        List.of(exported(9, 0, Verdict.Kind.COMPLETE)));

        assertThat(action(plan, 9).reason()).isEqualTo("source.statuses changed in the job file");
    }

    @Test
    void aSinkThatDiffersIsRepublishedAlone() throws Exception {
        Action action =
                action(
                        plan(
                                JOB,
                                List.of(exported(9, 0, Verdict.Kind.COMPLETE)),
                                Map.of(
                                        window(9),
                                        List.of(new Difference("csv:out", "the file is missing")))),
                        9);

        assertThat(action.kind()).isEqualTo(Action.Kind.REPUBLISH);
        assertThat(action.sinks()).containsExactly("csv:out");
        assertThat(action.reason()).isEqualTo("csv:out: the file is missing");
        assertThat(action.attempt()).isEqualTo(1);
    }

    @Test
    void whereStatusesHideOpenRecordsWindowsAreReadAgainUntilSettleHasPassed() throws Exception {
        String failures = JOB.replace("functions:", "statuses: [FAIL]\n  functions:");
        List<Entry> ledger = List.of(exported(failures, 7, 0), exported(failures, 9, 0));

        Plan plan = plan(failures.replace("07 }", "07, settle: P2D }"), ledger);

        assertThat(action(plan, 9).cause()).isEqualTo(Action.Cause.OPEN_RECORDS_UNSEEN);
        assertThat(plan.unchanged()).isEqualTo(1);
    }

    @Test
    void openRecordsDoNotHideASinkThatDiffers() throws Exception {
        Action action =
                action(
                        plan(
                                JOB,
                                List.of(exported(9, 1, Verdict.Kind.COMPLETE)),
                                Map.of(
                                        window(9),
                                        List.of(new Difference("csv:out", "the file is missing")))),
                        9);

        assertThat(action.cause()).isEqualTo(Action.Cause.OPEN_RECORDS_AND_SINKS_DIFFER);
        assertThat(action.reason())
                .isEqualTo("1 record was still open; csv:out: the file is missing");
    }

    @Test
    void aFilterThatHidesSomeOpenRecordsIsNotOverruledByThoseItShows() throws Exception {
        String noRunning = JOB.replace("functions:", "statuses: [WAIT, FAIL]\n  functions:");

        Plan plan = plan(noRunning, List.of(exported(noRunning, 9, 1)));

        assertThat(action(plan, 9).cause()).isEqualTo(Action.Cause.OPEN_RECORDS_UNSEEN);
    }

    @Test
    void anotherZoneIsRefusedBecauseFilesWouldStandUnderTwoDates() {
        assertThatThrownBy(() ->
                        plan(
                                JOB.replace("07 }", "07, zone: Europe/London }"),
                                List.of(exported(8, 0, Verdict.Kind.COMPLETE))))
                .isInstanceOf(PlanningException.class)
                .hasMessageContaining("window.zone has changed");
    }

    @Test
    void aWindowThatNeverSettledIsClosedAndCounted() throws Exception {
        Plan plan =
                plan(
                        JOB.replace("07 }", "07, settle: PT1H }"),
                        List.of(
                                exported(7, 3, Verdict.Kind.COMPLETE),
                                exported(8, 0, Verdict.Kind.COMPLETE)));

        assertThat(plan.unchanged()).isEqualTo(2);
        assertThat(plan.closed()).isEqualTo(1);
    }

    @Test
    void windowsThatHaveNotEndedByTheLagAreNotPlanned() throws Exception {
        Plan plan = plan(JOB.replace("07 }", "07, every: PT1H, lag: PT2H }"), List.of());

        assertThat(plan.actions())
                .extracting(action -> action.window().to())
                .allMatch(end -> !end.isAfter(Instant.parse("2026-11-10T10:00:00Z")))
                .contains(Instant.parse("2026-11-10T10:00:00Z"));
    }

    @Test
    void aBackfillSpeaksOfTheSameWindows() throws Exception {
        JobSpec job = job(JOB.replace("07 }", "07, every: P3D }"));
        JobRange range =
                JobRange.of(
                        job.window(),
                        TimeBound.parse("2026-10-30"),
                        TimeBound.parse("2026-11-10"),
                        NOW);

        assertThat(range.windows())
                .extracting(TimeRange::from)
                .containsExactly(
                        Instant.parse("2026-11-01T00:00:00Z"),
                        Instant.parse("2026-11-04T00:00:00Z"),
                        Instant.parse("2026-11-07T00:00:00Z"));
    }

    @Test
    void aCalendarThatNoLongerFitsTheLedgerIsRefused() {
        assertThatThrownBy(() ->
                        plan(
                                JOB.replace("07 }", "07, every: P2D }"),
                                List.of(exported(8, 0, Verdict.Kind.COMPLETE))))
                .isInstanceOf(PlanningException.class)
                .hasMessageContaining("2026-11-08T00:00:00Z/2026-11-09T00:00:00Z")
                .hasMessageContaining("2026-11-07T00:00:00Z/2026-11-09T00:00:00Z")
                .hasMessageContaining("state forget");
    }

    @Test
    void windowsOutsideTheRangeAreLeftAlone() throws Exception {
        Plan plan = plan(JOB, List.of(exported(1, 5, Verdict.Kind.INCOMPLETE)));

        assertThat(plan.actions()).hasSize(6);
        assertThat(plan.unchanged()).isZero();
    }

    @Test
    void aRangeInWhichNothingHasEndedIsAnEmptyPlan() throws Exception {
        assertThat(plan(JOB.replace("2026-11-07", "2026-11-10"), List.of()).isEmpty()).isTrue();
    }

    private static Plan plan(String yaml, List<Entry> ledger) throws Exception {
        return plan(yaml, ledger, Map.of());
    }

    private static Plan plan(
            String yaml, List<Entry> ledger, Map<Window, List<Difference>> differences)
            throws Exception {
        JobSpec job = job(yaml);
        return new Planner(job, NOW, identity(job))
                .plan(
                        List.of(Records.feed(ORDERS), Records.feed(MAIL)),
                        JobRange.of(job.window(), Optional.empty(), Optional.empty(), NOW),
                        ledger,
                        differences);
    }

    private static JobSpec job(String yaml) throws JobFileException {
        return JobFile.parse(yaml, "job.yaml", Variables.of(Map.of("TOKEN", "t"), name -> null));
    }

    private static Action action(Plan plan, int day) {
        return plan.actions().stream()
                .filter(action -> action.window().equals(window(day)))
                .findFirst()
                .orElseThrow();
    }

    private static Entry exported(String yaml, int day, long open) throws Exception {
        return exported(yaml, day, open, Verdict.Kind.COMPLETE);
    }

    private static Entry exported(int day, long open, Verdict.Kind verdict) throws Exception {
        return exported(JOB, day, open, verdict);
    }

    private static Entry exported(String yaml, int day, long open, Verdict.Kind verdict)
            throws Exception {
        return new Entry(
                window(day),
                Optional.of(
                        new Entry.Export(
                                1,
                                NOW,
                                10,
                                open,
                                0,
                                OptionalLong.of(10),
                                new Verdict(verdict, "told so"),
                                identity(yaml))),
                Optional.empty());
    }

    private static SourceIdentity identity(String yaml) throws Exception {
        return identity(job(yaml));
    }

    private static SourceIdentity identity(JobSpec job) {
        return SourceIdentity.of(
                job,
                Records.SCHEMA,
                new TreeMap<>(Map.of("source.statuses", job.source().statuses().toString())));
    }

    private static Window window(int day) {
        Instant from = Instant.parse("2026-11-01T00:00:00Z").plusSeconds((day - 1) * 86_400L);
        return new Window(Records.feed(ORDERS), new TimeRange(from, from.plusSeconds(86_400)));
    }
}
