package io.tidemark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.plan.Action;
import io.tidemark.plan.Estimate;
import io.tidemark.plan.Plan;
import io.tidemark.plan.Warning;
import io.tidemark.source.Answer;
import io.tidemark.source.InvocationSource;
import io.tidemark.source.Page;
import io.tidemark.source.PageRequest;
import io.tidemark.source.RawInvocation;
import io.tidemark.source.RawJson;
import io.tidemark.job.JobFile;
import io.tidemark.job.SourceSpec;
import io.tidemark.job.Variables;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceWarningsTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final FunctionUrn ORDERS = function("orders");
    private static final FunctionUrn MAIL = function("mail");

    /** Lists one record at the beginning of each day from some day on; counts what it is asked. */
    private static final class Source implements InvocationSource {
        private final Map<FunctionUrn, Instant> listedFrom;
        private final Set<FunctionUrn> off = new HashSet<>();
        private int askedForPages;
        private int askedAboutPersistence;

        Source(Map<FunctionUrn, Instant> listedFrom) {
            this.listedFrom = listedFrom;
        }

        @Override
        public Answer<Page> page(PageRequest request) {
            askedForPages++;
            Instant oldest = listedFrom.getOrDefault(request.function(), NOW);
            // records in mid-day, so that the second that is asked for more shows none
            boolean some = !request.asked().to().isBefore(oldest.plusSeconds(43_200));
            return new Answer.Ok<>(
                    new Page(
                            some ? List.of(record()) : List.of(),
                            Optional.empty(),
                            OptionalLong.empty(),
                            1));
        }

        @Override
        public Answer<Optional<Boolean>> recordsStatuses(FunctionUrn function) {
            askedAboutPersistence++;
            return new Answer.Ok<>(Optional.of(!off.contains(function)));
        }

        @Override
        public Answer<List<FunctionUrn>> functions() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    @Test
    void eachOfFiveHundredIdleFunctionsIsAskedAboutOnce() throws Exception {
        Source source = new Source(Map.of());
        List<Action> actions = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            FunctionUrn idle = function("f%03d".formatted(i));
            source.off.add(idle);
            actions.addAll(days(idle, 5, 0, Estimate.NOTHING));
        }

        Plan plan = warn(source, "", actions);

        assertThat(plan.warnings())
                .hasSize(500)
                .hasOnlyElementsOfType(Warning.PersistenceOff.class);
        assertThat(source.askedAboutPersistence).isEqualTo(500);
        assertThat(source.askedForPages).isZero();
    }

    @Test
    void aFunctionWithRecordsIsNotAskedAboutThoughItsPersistenceIsOffByNow() throws Exception {
        Source source = new Source(Map.of());
        source.off.add(ORDERS);
        List<Action> actions = new ArrayList<>(days(ORDERS, 5, 1, Estimate.NOTHING));
        actions.addAll(days(ORDERS, 1, 0, Estimate.of(1, 1)));

        assertThat(warn(source, "", actions).warnings()).isEmpty();
        assertThat(source.askedAboutPersistence).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        // days back the plan begins, days back the source begins, what is said
        "7, 3, doubt", // a retention may be shorter than the usual one
        "7, 7, nothing",
        "30, 10, doubt",
        "31, 10, doubt",
        "31, 31, nothing",
        "90, 89, doubt",
        "365, 40, doubt",
        "366, 40, certain",
        "366, 400, nothing" // contrary to what is documented, it does hold them
    })
    void aBeginBeforeTheOldestRecordIsWarnedAbout(int begin, int listed, String expected)
            throws Exception {
        Source source = new Source(Map.of(ORDERS, back(listed)));

        Plan plan = warn(source, "", days(ORDERS, begin, 0, Estimate.UNKNOWN));

        assertThat(plan.warnings())
                .isEqualTo(
                        expected.equals("nothing")
                                ? List.of()
                                : List.of(
                                        new Warning.Retention(
                                                back(begin),
                                                back(listed),
                                                expected.equals("certain"))));
    }

    @Test
    void theOldestRecordOfAnyFunctionCounts() throws Exception {
        Source source = new Source(Map.of(ORDERS, back(20), MAIL, back(47)));
        List<Action> actions = new ArrayList<>(days(ORDERS, 60, 0, Estimate.of(9, 1)));
        actions.addAll(days(MAIL, 60, 0, Estimate.of(1, 1)));

        assertThat(warn(source, "", actions).warnings())
                .containsExactly(new Warning.Retention(back(60), back(47), false));
    }

    @Test
    void aFunctionWhoseRecordsReachBackToTheBeginEndsTheSearch() throws Exception {
        Source source = new Source(Map.of(ORDERS, back(100), MAIL, back(3)));
        List<Action> actions = new ArrayList<>(days(ORDERS, 60, 0, Estimate.of(9, 1)));
        actions.addAll(days(MAIL, 60, 0, Estimate.of(1, 1)));

        assertThat(warn(source, "", actions).warnings()).isEmpty();
        assertThat(source.askedForPages).isEqualTo(1);
    }

    @Test
    void theOldestRecordOfTenYearsIsFoundInAFewQuestions() throws Exception {
        Source source = new Source(Map.of(ORDERS, back(29)));

        Plan plan = warn(source, "", days(ORDERS, 3650, 0, Estimate.UNKNOWN));

        assertThat(plan.warnings())
                .containsExactly(new Warning.Retention(back(3650), back(29), true));
        assertThat(source.askedForPages).isLessThanOrEqualTo(2 + 12); // 2^12 > 3650
    }

    @Test
    void fiveHundredFunctionsAreNotAskedFiveHundredTimes() throws Exception {
        Source source = new Source(Map.of(ORDERS, back(29)));
        List<Action> actions = new ArrayList<>(days(ORDERS, 60, 0, Estimate.of(9, 1)));
        for (int i = 0; i < 500; i++) {
            actions.addAll(days(function("f%03d".formatted(i)), 60, 0, Estimate.UNKNOWN));
        }

        assertThat(warn(source, "", actions).warnings())
                .containsExactly(new Warning.Retention(back(60), back(29), false));
        assertThat(source.askedForPages).isLessThanOrEqualTo(200 + 8);
    }

    @Test
    void whatTheEstimatesHaveShownToBeEmptyIsNotAskedAgain() throws Exception {
        Source source = new Source(Map.of(ORDERS, back(29)));
        List<Action> actions = new ArrayList<>(days(ORDERS, 60, 29, Estimate.NOTHING));
        actions.addAll(days(ORDERS, 29, 0, Estimate.of(1, 1)));

        assertThat(warn(source, "", actions).warnings())
                .containsExactly(new Warning.Retention(back(60), back(29), false));
        assertThat(source.askedForPages).isEqualTo(1);
    }

    @Test
    void recordsOfOtherStatusesThanTheJobAsksForShowThatTheSourceReachesBack() throws Exception {
        Source source = new Source(Map.of(ORDERS, back(60)));
        List<Action> actions = new ArrayList<>(days(ORDERS, 60, 1, Estimate.NOTHING));
        actions.addAll(days(ORDERS, 1, 0, Estimate.of(1, 1)));

        assertThat(warn(source, "statuses: [FAIL], ", actions).warnings()).isEmpty();
    }

    @Test
    void whatIsReadAgainOrGoneOnWithIsNotWarnedAbout() throws Exception {
        Source source = new Source(Map.of(ORDERS, back(10)));
        List<Action> actions =
                List.of(
                        action(Action.Cause.OPEN_RECORDS, ORDERS, 60, Estimate.UNKNOWN),
                        action(Action.Cause.UNFINISHED, ORDERS, 59, Estimate.UNKNOWN));

        assertThat(warn(source, "", actions).warnings()).isEmpty();
        assertThat(source.askedForPages).isZero();
    }

    @Test
    void aFunctionThatIsNotRecordedDoesNotSpeakOfRetention() throws Exception {
        Source source = new Source(Map.of());
        source.off.add(ORDERS);

        assertThat(warn(source, "", days(ORDERS, 60, 0, Estimate.NOTHING)).warnings())
                .containsExactly(new Warning.PersistenceOff(ORDERS));
    }

    private static Plan warn(Source source, String setting, List<Action> actions) throws Exception {
        Plan plan = new Plan("job", NOW, actions, 0, 0, OptionalDouble.empty());
        return new SourceWarnings(source, spec(setting), new Persistence(source)).warn(plan);
    }

    /** Windows of a day each, never exported, from so many days back to so many. */
    private static List<Action> days(FunctionUrn function, int from, int to, Estimate estimate) {
        List<Action> actions = new ArrayList<>();
        for (int day = from; day > to; day--) {
            actions.add(action(Action.Cause.NEVER_EXPORTED, function, day, estimate));
        }
        return actions;
    }

    private static Action action(
            Action.Cause cause, FunctionUrn function, int day, Estimate estimate) {
        return new Action(
                cause,
                new Window(function, new TimeRange(back(day), back(day - 1))),
                1,
                "never exported",
                Collections.emptyList(),
                estimate);
    }

    private static Instant back(int days) {
        return NOW.minusSeconds(days * 86_400L);
    }

    private static FunctionUrn function(String name) {
        return FunctionUrn.of("urn:fss:eu-de:p1:function:default:" + name);
    }

    private static SourceSpec spec(String setting) throws Exception {
        return JobFile.parse(
                        "job: e\nsource: { %ssandbox: {} }\nwindow: { from: 2026-01-01 }\nsinks: [ csv: { path: o } ]\n"
                                .formatted(setting),
                        "job.yaml",
                        Variables.of(Map.of(), name -> null))
                .source();
    }

    private static RawInvocation record() {
        return new RawInvocation(
                "id", "SUCCESS", "0", null, null, null, null, new RawJson(new byte[0], 0, 0));
    }
}
