package io.tidemark.source.functiongraph;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.job.JobFile;
import io.tidemark.job.SourceSpec;
import io.tidemark.job.Variables;
import io.tidemark.source.Answer;
import io.tidemark.source.http.Outcome;
import io.tidemark.window.Estimate;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToLongBiFunction;
import org.junit.jupiter.api.Test;

class EstimatorTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final FunctionUrn ORDERS =
            FunctionUrn.of("urn:fss:eu-de:p1:function:default:orders");

    /** Counts as it is told, and how often it was asked. */
    private static final class CountingSource extends PageApi {
        private final List<Instant> records;
        private final ToLongBiFunction<Long, Integer> count; // total, rows of the page; -1 for none
        private int asked;

        CountingSource(List<Instant> records, ToLongBiFunction<Long, Integer> count) {
            this.records = records;
            this.count = count;
        }

        @Override
        public Outcome<RawPage> page(PageRequest request) {
            asked++;
            long total = records.stream().filter(request.asked()::contains).count();
            int rows = (int) Math.min(total, request.limit());
            long counted = count.applyAsLong(total, rows);
            return new Outcome.Ok<>(
                    Pages.of(
                            Collections.nCopies(rows, "id"),
                            Optional.empty(),
                            counted < 0 ? OptionalLong.empty() : OptionalLong.of(counted)));
        }

        @Override
        public int fullPage() {
            return 1;
        }
    }

    @Test
    void aYearOfAnIdleFunctionCostsOneRequest() throws Exception {
        CountingSource source = new CountingSource(List.of(), (total, rows) -> total);

        List<Estimate> plan = estimate(source, 365);

        assertThat(source.asked).isEqualTo(1);
        assertThat(plan).allMatch(Estimate::isNothing);
    }

    @Test
    void aYearWithOneBusyDayFindsThatDayInTwoRequestsAHalving() throws Exception {
        List<Instant> records = Collections.nCopies(1234, day(200).plusSeconds(3600));
        CountingSource source = new CountingSource(records, (total, rows) -> total);

        List<Estimate> plan = estimate(source, 365);

        assertThat(plan.get(200)).isEqualTo(Estimate.of(1234, 3));
        assertThat(plan).filteredOn(estimate -> !estimate.isNothing()).hasSize(1);
        assertThat(source.asked).isLessThanOrEqualTo(1 + 2 * 9); // 2^9 > 365
    }

    @Test
    void aYearOfAnEvenlyBusyFunctionCostsThreeRequests() throws Exception {
        List<Instant> records = new ArrayList<>();
        for (int day = 0; day < 365; day++) {
            records.addAll(Collections.nCopies(50 + day % 9, day(day).plusSeconds(60)));
        }
        CountingSource source = new CountingSource(records, (total, rows) -> total);

        List<Estimate> plan = estimate(source, 365);

        assertThat(source.asked).isEqualTo(3);
        assertThat(plan.stream().mapToLong(estimate -> estimate.records().orElseThrow()).sum())
                .isEqualTo(records.size());
    }

    @Test
    void theEstimatesOfABusyYearAddUpWithoutAskingForEachDay() throws Exception {
        List<Instant> records = new ArrayList<>();
        for (int day = 0; day < 3650; day++) {
            records.addAll(Collections.nCopies(day % 7, day(day).plusSeconds(60)));
        }
        CountingSource source = new CountingSource(records, (total, rows) -> total);

        List<Estimate> plan = estimate(source, 3650);

        assertThat(plan.stream().mapToLong(estimate -> estimate.records().orElseThrow()).sum())
                .isEqualTo(records.size());
        assertThat(source.asked).isLessThanOrEqualTo(201);
    }

    @Test
    void whereCountIsNoTotalNothingIsPretendedToBeKnown() throws Exception {
        List<Instant> records = List.of(day(1).plusSeconds(1), day(1).plusSeconds(2));
        for (ToLongBiFunction<Long, Integer> count :
                List.<ToLongBiFunction<Long, Integer>>of(
                        (total, rows) -> -1, (total, rows) -> rows)) {
            List<Estimate> plan = estimate(new CountingSource(records, count), 4);

            assertThat(plan).allMatch(Estimate.UNKNOWN::equals);
        }
    }

    @Test
    void aSingleRecordIsToldFromACountOfTheRowsOfThePage() throws Exception {
        CountingSource source =
                new CountingSource(List.of(day(1).plusSeconds(1)), (total, rows) -> total);

        List<Estimate> plan = estimate(source, 4);

        assertThat(plan.get(1)).isEqualTo(Estimate.of(1, 1));
    }

    private static List<Estimate> estimate(Api source, int days) throws Exception {
        List<Window> windows = new ArrayList<>();
        for (int day = 0; day < days; day++) {
            windows.add(new Window(ORDERS.feed(), new TimeRange(day(day), day(day + 1))));
        }
        Estimator estimator =
                new Estimator(
                        source,
                        spec(),
                        FilterMeaning.ASSUMED,
                        new Persistence(source),
                        asked -> {});
        return switch (estimator.estimate(windows)) {
            case Answer.Ok<Map<Window, Estimate>>(Map<Window, Estimate> estimates) ->
                    windows.stream()
                            .map(window -> estimates.getOrDefault(window, Estimate.UNKNOWN))
                            .toList();
            case Answer.Failed<Map<Window, Estimate>> failed -> throw new AssertionError(failed);
        };
    }

    private static Instant day(int day) {
        return START.plusSeconds(day * 86_400L);
    }

    private static SourceSpec spec() throws Exception {
        return JobFile.parse(
                        "job: e\nsource: { sandbox: {} }\nwindow: { from: 2026-01-01 }\nsinks: [ csv: { path: o } ]\n",
                        "job.yaml",
                        Variables.of(Map.of(), name -> null))
                .source();
    }
}
