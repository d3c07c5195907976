package io.tidemark.source.functiongraph;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.job.JobFile;
import io.tidemark.job.SourceSpec;
import io.tidemark.job.Variables;
import io.tidemark.source.functiongraph.SourceWarnings.Wanted;
import io.tidemark.source.http.Outcome;
import io.tidemark.window.Estimate;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Warning;
import io.tidemark.window.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private static final class Fake implements Api {
        private final Map<FunctionUrn, Instant> listedFrom;
        private final Set<FunctionUrn> off = new HashSet<>();
        private int askedForPages;
        private int askedAboutPersistence;

        Fake(Map<FunctionUrn, Instant> listedFrom) {
            this.listedFrom = listedFrom;
        }

        @Override
        public Outcome<RawPage> page(PageRequest request) {
            askedForPages++;
            Instant oldest = listedFrom.getOrDefault(request.function(), NOW);
            // records in mid-day, so that the second that is asked for more shows none
            boolean some = !request.asked().to().isBefore(oldest.plusSeconds(43_200));
            return new Outcome.Ok<>(
                    Pages.of(
                            some ? List.of("id") : List.of(),
                            Optional.empty(),
                            OptionalLong.empty()));
        }

        @Override
        public Outcome<Optional<Boolean>> recordsStatuses(FunctionUrn function) {
            askedAboutPersistence++;
            return new Outcome.Ok<>(Optional.of(!off.contains(function)));
        }

        @Override
        public int fullPage() {
            return 1;
        }

        @Override
        public Outcome<List<FunctionUrn>> functions() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    @Test
    void eachOfFiveHundredIdleFunctionsIsAskedAboutOnce() throws Exception {
        Fake source = new Fake(Map.of());
        List<Wanted> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            FunctionUrn idle = function("f%03d".formatted(i));
            source.off.add(idle);
            all.addAll(days(idle, 5, 0, Estimate.NOTHING));
        }

        List<Warning> warnings = warn(source, "", all);

        assertThat(warnings).hasSize(500).hasOnlyElementsOfType(Warning.NothingRecorded.class);
        assertThat(source.askedAboutPersistence).isEqualTo(500);
        assertThat(source.askedForPages).isZero();
    }

    @Test
    void aFunctionWithRecordsIsNotAskedAboutThoughItsPersistenceIsOffByNow() throws Exception {
        Fake source = new Fake(Map.of());
        source.off.add(ORDERS);
        List<Wanted> all = new ArrayList<>(days(ORDERS, 5, 1, Estimate.NOTHING));
        all.addAll(days(ORDERS, 1, 0, Estimate.of(1, 1)));

        assertThat(warn(source, "", all)).isEmpty();
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
        Fake source = new Fake(Map.of(ORDERS, back(listed)));

        List<Warning> warnings = warn(source, "", days(ORDERS, begin, 0, Estimate.UNKNOWN));

        assertThat(warnings)
                .isEqualTo(
                        expected.equals("nothing")
                                ? List.of()
                                : List.of(
                                        new Warning.Forgotten(
                                                back(begin),
                                                back(listed),
                                                expected.equals("certain"))));
    }

    @Test
    void theOldestRecordOfAnyFunctionCounts() throws Exception {
        Fake source = new Fake(Map.of(ORDERS, back(20), MAIL, back(47)));
        List<Wanted> all = new ArrayList<>(days(ORDERS, 60, 0, Estimate.of(9, 1)));
        all.addAll(days(MAIL, 60, 0, Estimate.of(1, 1)));

        assertThat(warn(source, "", all))
                .containsExactly(new Warning.Forgotten(back(60), back(47), false));
    }

    @Test
    void aFunctionWhoseRecordsReachBackToTheBeginEndsTheSearch() throws Exception {
        Fake source = new Fake(Map.of(ORDERS, back(100), MAIL, back(3)));
        List<Wanted> all = new ArrayList<>(days(ORDERS, 60, 0, Estimate.of(9, 1)));
        all.addAll(days(MAIL, 60, 0, Estimate.of(1, 1)));

        assertThat(warn(source, "", all)).isEmpty();
        assertThat(source.askedForPages).isEqualTo(1);
    }

    @Test
    void theOldestRecordOfTenYearsIsFoundInAFewQuestions() throws Exception {
        Fake source = new Fake(Map.of(ORDERS, back(29)));

        List<Warning> warnings = warn(source, "", days(ORDERS, 3650, 0, Estimate.UNKNOWN));

        assertThat(warnings).containsExactly(new Warning.Forgotten(back(3650), back(29), true));
        assertThat(source.askedForPages).isLessThanOrEqualTo(2 + 12); // 2^12 > 3650
    }

    @Test
    void fiveHundredFunctionsAreNotAskedFiveHundredTimes() throws Exception {
        Fake source = new Fake(Map.of(ORDERS, back(29)));
        List<Wanted> all = new ArrayList<>(days(ORDERS, 60, 0, Estimate.of(9, 1)));
        for (int i = 0; i < 500; i++) {
            all.addAll(days(function("f%03d".formatted(i)), 60, 0, Estimate.UNKNOWN));
        }

        assertThat(warn(source, "", all))
                .containsExactly(new Warning.Forgotten(back(60), back(29), false));
        assertThat(source.askedForPages).isLessThanOrEqualTo(200 + 8);
    }

    @Test
    void whatTheEstimatesHaveShownToBeEmptyIsNotAskedAgain() throws Exception {
        Fake source = new Fake(Map.of(ORDERS, back(29)));
        List<Wanted> all = new ArrayList<>(days(ORDERS, 60, 29, Estimate.NOTHING));
        all.addAll(days(ORDERS, 29, 0, Estimate.of(1, 1)));

        assertThat(warn(source, "", all))
                .containsExactly(new Warning.Forgotten(back(60), back(29), false));
        assertThat(source.askedForPages).isEqualTo(1);
    }

    @Test
    void recordsOfOtherStatusesThanTheJobAsksForShowThatTheSourceReachesBack() throws Exception {
        Fake source = new Fake(Map.of(ORDERS, back(60)));
        List<Wanted> all = new ArrayList<>(days(ORDERS, 60, 1, Estimate.NOTHING));
        all.addAll(days(ORDERS, 1, 0, Estimate.of(1, 1)));

        assertThat(warn(source, "statuses: [FAIL], ", all)).isEmpty();
    }

    @Test
    void whatIsReadAgainOrGoneOnWithIsNotWarnedAbout() throws Exception {
        Fake source = new Fake(Map.of(ORDERS, back(10)));
        List<Wanted> all =
                List.of(
                        wanted(false, ORDERS, 60, Estimate.UNKNOWN),
                        wanted(false, ORDERS, 59, Estimate.UNKNOWN));

        assertThat(warn(source, "", all)).isEmpty();
        assertThat(source.askedForPages).isZero();
    }

    @Test
    void aFunctionThatIsNotRecordedDoesNotSpeakOfRetention() throws Exception {
        Fake source = new Fake(Map.of());
        source.off.add(ORDERS);

        assertThat(warn(source, "", days(ORDERS, 60, 0, Estimate.NOTHING)))
                .containsExactly(new Warning.NothingRecorded(ORDERS.feed()));
    }

    private static List<Warning> warn(Fake source, String setting, List<Wanted> wanted)
            throws Exception {
        return new SourceWarnings(source, spec(setting), new Persistence(source))
                .warnings(NOW, wanted);
    }

    /** Windows of a day each, never exported, from so many days back to so many. */
    private static List<Wanted> days(FunctionUrn function, int from, int to, Estimate estimate) {
        List<Wanted> all = new ArrayList<>();
        for (int day = from; day > to; day--) {
            all.add(wanted(true, function, day, estimate));
        }
        return all;
    }

    private static Wanted wanted(boolean first, FunctionUrn function, int day, Estimate estimate) {
        return new Wanted(
                new Window(function.feed(), new TimeRange(back(day), back(day - 1))),
                estimate,
                first);
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
}
