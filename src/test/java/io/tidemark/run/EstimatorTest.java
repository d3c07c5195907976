package io.tidemark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.plan.Action;
import io.tidemark.plan.Estimate;
import io.tidemark.plan.Plan;
import io.tidemark.source.Answer;
import io.tidemark.source.InvocationSource;
import io.tidemark.source.Page;
import io.tidemark.source.PageRequest;
import io.tidemark.source.RawInvocation;
import io.tidemark.source.RawJson;
import io.tidemark.job.JobFile;
import io.tidemark.job.SourceSpec;
import io.tidemark.job.Variables;
import io.tidemark.window.FilterMeaning;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.ToLongBiFunction;
import org.junit.jupiter.api.Test;

class EstimatorTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final FunctionUrn ORDERS =
            FunctionUrn.of("urn:fss:eu-de:p1:function:default:orders");

    /** Counts as it is told, and how often it was asked. */
    private static final class CountingSource implements InvocationSource {
        private final List<Instant> records;
        private final ToLongBiFunction<Long, Integer> count; // total, rows of the page; -1 for none
        private int asked;

        CountingSource(List<Instant> records, ToLongBiFunction<Long, Integer> count) {
            this.records = records;
            this.count = count;
        }

        @Override
        public Answer<Page> page(PageRequest request) {
            asked++;
            long total = records.stream().filter(request.asked()::contains).count();
            int rows = (int) Math.min(total, request.limit());
            long counted = count.applyAsLong(total, rows);
            return new Answer.Ok<>(
                    new Page(
                            Collections.nCopies(rows, record()),
                            Optional.empty(),
                            counted < 0 ? OptionalLong.empty() : OptionalLong.of(counted),
                            request.limit()));
        }

        @Override
        public Answer<List<FunctionUrn>> functions() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Answer<Optional<Boolean>> recordsStatuses(FunctionUrn function) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    @Test
    void aYearOfAnIdleFunctionCostsOneRequest() throws Exception {
        CountingSource source = new CountingSource(List.of(), (total, rows) -> total);

        Plan plan = estimate(source, 365);

        assertThat(source.asked).isEqualTo(1);
        assertThat(plan.actions()).allMatch(action -> action.estimate().isNothing());
    }

    @Test
    void aYearWithOneBusyDayFindsThatDayInTwoRequestsAHalving() throws Exception {
        List<Instant> records = Collections.nCopies(1234, day(200).plusSeconds(3600));
        CountingSource source = new CountingSource(records, (total, rows) -> total);

        Plan plan = estimate(source, 365);

        assertThat(plan.actions().get(200).estimate()).isEqualTo(Estimate.of(1234, 3));
        assertThat(plan.actions()).filteredOn(action -> !action.estimate().isNothing()).hasSize(1);
        assertThat(source.asked).isLessThanOrEqualTo(1 + 2 * 9); // 2^9 > 365
    }

    @Test
    void aYearOfAnEvenlyBusyFunctionCostsThreeRequests() throws Exception {
        List<Instant> records = new ArrayList<>();
        for (int day = 0; day < 365; day++) {
            records.addAll(Collections.nCopies(50 + day % 9, day(day).plusSeconds(60)));
        }
        CountingSource source = new CountingSource(records, (total, rows) -> total);

        Plan plan = estimate(source, 365);

        assertThat(source.asked).isEqualTo(3);
        assertThat(plan.estimate().records()).hasValue(records.size());
    }

    @Test
    void theEstimatesOfABusyYearAddUpWithoutAskingForEachDay() throws Exception {
        List<Instant> records = new ArrayList<>();
        for (int day = 0; day < 3650; day++) {
            records.addAll(Collections.nCopies(day % 7, day(day).plusSeconds(60)));
        }
        CountingSource source = new CountingSource(records, (total, rows) -> total);

        Plan plan = estimate(source, 3650);

        assertThat(plan.estimate().records()).hasValue(records.size());
        assertThat(source.asked).isLessThanOrEqualTo(201);
    }

    @Test
    void whereCountIsNoTotalNothingIsPretendedToBeKnown() throws Exception {
        List<Instant> records = List.of(day(1).plusSeconds(1), day(1).plusSeconds(2));
        for (ToLongBiFunction<Long, Integer> count :
                List.<ToLongBiFunction<Long, Integer>>of(
                        (total, rows) -> -1, (total, rows) -> rows)) {
            Plan plan = estimate(new CountingSource(records, count), 4);

            assertThat(plan.actions())
                    .allMatch(action -> action.estimate().equals(Estimate.UNKNOWN));
        }
    }

    @Test
    void aSingleRecordIsToldFromACountOfTheRowsOfThePage() throws Exception {
        CountingSource source =
                new CountingSource(List.of(day(1).plusSeconds(1)), (total, rows) -> total);

        Plan plan = estimate(source, 4);

        assertThat(plan.actions().get(1).estimate()).isEqualTo(Estimate.of(1, 1));
    }

    private static Plan estimate(InvocationSource source, int days) throws Exception {
        List<Action> actions = new ArrayList<>();
        for (int day = 0; day < days; day++) {
            actions.add(
                    new Action(
                            Action.Cause.NEVER_EXPORTED,
                            new Window(ORDERS, new TimeRange(day(day), day(day + 1))),
                            1,
                            "never exported",
                            List.of(),
                            Estimate.UNKNOWN));
        }
        Plan plan = new Plan("job", START, actions, 0, 0, OptionalDouble.empty());
        Estimator estimator =
                new Estimator(source, spec(), FilterMeaning.ASSUMED, new Persistence(source));
        return switch (estimator.estimate(plan)) {
            case Answer.Ok<Plan>(Plan estimated) -> estimated;
            case Answer.Failed<Plan> failed -> throw new AssertionError(failed);
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

    private static RawInvocation record() {
        return new RawInvocation(
                "id", "SUCCESS", "0", null, null, null, null, new RawJson(new byte[0], 0, 0));
    }
}
