package io.tidemark.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.sandbox.Behaviour.BeginBound;
import io.tidemark.sandbox.Behaviour.Count;
import io.tidemark.sandbox.Behaviour.Damage;
import io.tidemark.sandbox.Behaviour.Depth;
import io.tidemark.sandbox.Behaviour.EndBound;
import io.tidemark.sandbox.Behaviour.ErrorCode;
import io.tidemark.sandbox.Behaviour.LastMarker;
import io.tidemark.sandbox.Behaviour.Limit;
import io.tidemark.sandbox.Behaviour.ListedUrn;
import io.tidemark.sandbox.Behaviour.Marker;
import io.tidemark.sandbox.Behaviour.MarkerType;
import io.tidemark.sandbox.Behaviour.Messages;
import io.tidemark.sandbox.Behaviour.NoRows;
import io.tidemark.sandbox.Behaviour.OpenTime;
import io.tidemark.sandbox.Behaviour.Order;
import io.tidemark.sandbox.Behaviour.PageFill;
import io.tidemark.sandbox.Behaviour.PastEnd;
import io.tidemark.sandbox.Behaviour.Persistence;
import io.tidemark.sandbox.Behaviour.RequestIds;
import io.tidemark.sandbox.Behaviour.StatusWords;
import io.tidemark.sandbox.Behaviour.Switch;
import io.tidemark.sandbox.Behaviour.TimeFormat;
import io.tidemark.sandbox.Behaviour.WindowTime;
import io.tidemark.sandbox.Behaviour.Years;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Each switch: what it changes, and that the records are the same behind it. */
class BehaviourTest {
    private static final Instant UNTIL = Instant.parse("2026-11-21T12:00:00Z");
    private static final String BEGIN = "2026-10-01T00:00:00";
    private static final String END = "2026-12-01T00:00:00";
    private static final int RECORDS = 2000;
    private static final SandboxSettings SMALL =
            SandboxSettings.DEFAULT.withRecords(RECORDS).withUntil(UNTIL);

    @ParameterizedTest
    @MethodSource("seenInOnePass")
    void pagingThroughAllGivesTheTruthUnder(Switch value) {
        try (Sandbox sandbox = Sandbox.start(SMALL.withBehaviour(value))) {
            TinyClient client = new TinyClient(sandbox);
            List<Invocation> seen = new ArrayList<>();
            for (FunctionUrn function : sandbox.functions()) {
                for (JsonNode row : client.rows(TinyClient.window(function, BEGIN, END), 80)) {
                    if (!isDamaged(row)) {
                        seen.add(TinyClient.invocation(function, row));
                    }
                }
            }

            assertThat(seen).doesNotHaveDuplicates();
            assertThat(Set.copyOf(seen)).isEqualTo(Set.copyOf(sandbox.truth().toList()));
            assertThat(seen.size() + sandbox.damaged()).isEqualTo(RECORDS);
        }
    }

    static Stream<Switch> seenInOnePass() {
        // the window of 10,000 rows is large enough for these records
        return Behaviour.values()
                .filter(value -> value.onePassSeesAll() || value == Depth.REFUSED_BEYOND_10000)
                .filter(value -> value != Persistence.OFF_AND_REFUSED);
    }

    private static boolean isDamaged(JsonNode row) {
        String message = row.path("error_message").asString("");
        return !row.has("request_id")
                || message.contains("\0")
                || message.contains("\ud83d.")
                || row.path("start_time").asString("").equals("yesterday");
    }

    @Test
    void anUnstableOrderLosesAndDoublesRecordsInOnePassButNotInMany() {
        try (Sandbox sandbox = Sandbox.start(SMALL.withBehaviour(Order.UNSTABLE))) {
            FunctionUrn function = sandbox.functions().getFirst();
            String window = TinyClient.window(function, BEGIN, END);
            TinyClient client = new TinyClient(sandbox);
            Set<Invocation> truth = truthOf(sandbox, function);

            Set<Invocation> seen = invocations(function, client.rows(window, 50));
            assertThat(seen).hasSizeLessThan(truth.size());
            for (int pass = 0; pass < 20; pass++) {
                seen.addAll(invocations(function, client.rows(window, 50)));
            }
            assertThat(seen).isEqualTo(truth);
        }
    }

    @Test
    void theOldestComeFirstWhereToldSo() {
        assertThat(page(Order.OLDEST_FIRST, "&limit=400").path("invocations"))
                .extracting(row -> row.path("start_time").asString())
                .filteredOn(start -> !start.isEmpty())
                .isSorted();
    }

    @ParameterizedTest
    @EnumSource
    void theWindowFilters(WindowTime time) {
        try (Sandbox sandbox = Sandbox.start(SMALL.withBehaviour(time))) {
            TinyClient client = new TinyClient(sandbox);
            List<Invocation> some =
                    sandbox.truth().filter(each -> each.endTime() != null).limit(80).toList();

            List<Invocation> foundAtStart =
                    having(some, each -> isIn(client, each, each.startTime(), each.startTime()));
            List<Invocation> foundAtEnd =
                    having(some, each -> isIn(client, each, each.endTime(), each.endTime()));

            switch (time) {
                case START -> assertThat(foundAtStart).isEqualTo(some);
                case END -> assertThat(foundAtEnd).isEqualTo(some);
                case LOG -> {
                    Duration longestWait = Duration.ofMinutes(31);
                    assertThat(some)
                            .allMatch(each ->
                                    isIn(
                                            client,
                                            each,
                                            each.startTime().minus(longestWait),
                                            each.startTime()));
                }
            }
            assertThat(foundAtStart.equals(some)).isEqualTo(time == WindowTime.START);
            assertThat(foundAtEnd.equals(some)).isEqualTo(time == WindowTime.END);
        }
    }

    private static boolean isIn(TinyClient client, Invocation one, Instant begin, Instant end) {
        String window = TinyClient.window(one.function(), plain(begin), plain(end));
        return client.json(window + "&request_id=" + one.requestId()).path("invocations").size()
                == 1;
    }

    @Test
    void theBoundsAreInTheWindowOrNot() {
        assertThat(atBounds()).containsExactly(true, true);
        assertThat(atBounds(BeginBound.EXCLUSIVE)).containsExactly(false, true);
        assertThat(atBounds(EndBound.EXCLUSIVE)).containsExactly(true, false);
        assertThat(atBounds(BeginBound.EXCLUSIVE, EndBound.EXCLUSIVE))
                .containsExactly(false, false);
    }

    /** Whether a record is in the window that begins, and in the one that ends, where it starts. */
    private static List<Boolean> atBounds(Switch... values) {
        try (Sandbox sandbox = Sandbox.start(SMALL.withBehaviour(values))) {
            TinyClient client = new TinyClient(sandbox);
            Invocation one =
                    sandbox.truth()
                            .filter(each -> each.startTime() != null)
                            .findFirst()
                            .orElseThrow();
            String start = plain(one.startTime());
            return Stream.of(
                            TinyClient.window(one.function(), start, END),
                            TinyClient.window(one.function(), BEGIN, start))
                    .map(window -> window + "&request_id=" + one.requestId())
                    .map(window -> client.rows(window, 10).size() == 1)
                    .toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLastPageSaysInItsMarker(LastMarker value) {
        JsonNode page = page(value, "&limit=500&marker=800");

        int rows = page.path("invocations").size();
        assertThat(rows).isBetween(1, 499);
        assertThat(page.has("next_marker")).isEqualTo(value != LastMarker.ABSENT);
        assertThat(page.path("next_marker").toString())
                .isEqualTo(
                        switch (value) {
                            case ABSENT -> "";
                            case NULL -> "null";
                            case ZERO -> "0";
                            case SAME -> "800";
                            case PLUS_ROWS -> Integer.toString(800 + rows);
                        });
        assertThat(page(value, "&limit=500").path("next_marker").toString()).isEqualTo("500");
    }

    @Test
    void markersCanBeTextsOrWithoutEffect() {
        assertThat(page(MarkerType.TEXT, "&limit=7").path("next_marker").toString())
                .isEqualTo("\"7\"");
        assertThat(page(Marker.IGNORED, "&limit=7&marker=21").path("invocations"))
                .isEqualTo(page(Marker.IGNORED, "&limit=7").path("invocations"))
                .hasSize(7);
        assertThat(page(Marker.IGNORED, "&limit=7&marker=21").path("next_marker").intValue())
                .isEqualTo(28);
    }

    @ParameterizedTest
    @EnumSource
    void theCountIs(Count value) {
        int total = page(Count.TOTAL, "").path("count").intValue();

        JsonNode page = page(value, "&limit=30");

        assertThat(total).isGreaterThan(500);
        assertThat(page.path("count").toString())
                .isEqualTo(
                        switch (value) {
                            case TOTAL -> "" + total;
                            case ABSENT -> "";
                            case TEXT -> "\"" + total + "\"";
                            case PAGE_ROWS -> "30";
                            case TOO_HIGH -> "" + (total + 1);
                            case TOO_LOW -> "" + (total - 1);
                        });
    }

    @ParameterizedTest
    @EnumSource
    void behindTheEndThereIs(PastEnd value) {
        HttpResponse<String> answer = answer(value, "&limit=10&marker=5000");

        switch (value) {
            case EMPTY ->
                    assertThat(TinyClient.JSON.readTree(answer.body()).path("invocations"))
                            .isEmpty();
            case LAST_PAGE_AGAIN -> {
                int total = page(value, "").path("count").intValue();
                assertThat(TinyClient.JSON.readTree(answer.body()).path("invocations"))
                        .isEqualTo(
                                page(value, "&limit=10&marker=" + (total - 10)).path("invocations"))
                        .hasSize(10);
            }
            case REFUSED -> assertThat(answer.statusCode()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLimitThatIsTooHighIs(Limit value) {
        HttpResponse<String> answer = answer(value, "&limit=501");

        switch (value) {
            case CLAMPED_TO_500 ->
                    assertThat(page(value, "&limit=501").path("invocations")).hasSize(500);
            case REFUSED_ABOVE_500 -> assertThat(answer.statusCode()).isEqualTo(400);
            case CLAMPED_TO_64 ->
                    assertThat(page(value, "&limit=501").path("invocations")).hasSize(64);
        }
    }

    @Test
    void pagesCanBeTooDeepOrShort() {
        assertThat(answer(Depth.REFUSED_BEYOND_10000, "&limit=500&marker=9500").statusCode())
                .isEqualTo(200);
        assertThat(answer(Depth.REFUSED_BEYOND_10000, "&limit=500&marker=9501").statusCode())
                .isEqualTo(400);
        Set<Integer> sizes = new HashSet<>();
        for (int marker = 0; marker < 20; marker++) {
            JsonNode page = page(PageFill.SOME_SHORT, "&limit=40&marker=" + marker);
            sizes.add(page.path("invocations").size());
            assertThat(page.path("next_marker").intValue())
                    .isEqualTo(marker + page.path("invocations").size());
        }
        assertThat(sizes).containsExactlyInAnyOrder(20, 40);
    }

    @Test
    void noRowsAreAnEmptyListOrNull() {
        assertThat(firstPageOf(NoRows.EMPTY_LIST, END, END).path("invocations").toString())
                .isEqualTo("[]");
        assertThat(firstPageOf(NoRows.NULL, END, END).path("invocations").toString())
                .isEqualTo("null");
    }

    @Test
    void timesAreWrittenInFiveWays() {
        assertThat(aTime(TimeFormat.PLAIN)).matches("2026-11-\\d\\dT\\d\\d:\\d\\d:\\d\\d");
        assertThat(aTime(TimeFormat.ZULU)).isEqualTo(aTime(TimeFormat.PLAIN) + "Z");
        assertThat(aTime(TimeFormat.OFFSET)).endsWith("+02:00");
        assertThat(TinyClient.time(aTime(TimeFormat.OFFSET)))
                .isEqualTo(TinyClient.time(aTime(TimeFormat.PLAIN)));
        assertThat(aTime(TimeFormat.FRACTION)).matches(aTime(TimeFormat.PLAIN) + "\\.\\d{3}");
        assertThat(aTime(TimeFormat.SPACE)).isEqualTo(aTime(TimeFormat.PLAIN).replace('T', ' '));
    }

    private static String aTime(TimeFormat format) {
        return page(format, "&status=SUCCESS&limit=1").at("/invocations/0/start_time").asString();
    }

    @Test
    void aTimeThatIsNotYetIsEmptyAbsentOrNull() {
        assertThat(runningEnd(OpenTime.EMPTY)).isEqualTo("\"\"");
        assertThat(runningEnd(OpenTime.ABSENT)).isEqualTo("");
        assertThat(runningEnd(OpenTime.NULL)).isEqualTo("null");
    }

    private static String runningEnd(OpenTime value) {
        try (Sandbox sandbox =
                Sandbox.start(
                        SMALL.withDays(1)
                                .withRecords(50_000)
                                .withFunctions(1)
                                .withBehaviour(value))) {
            JsonNode row =
                    new TinyClient(sandbox)
                            .rows(
                                    TinyClient.window(sandbox.functions().getFirst(), BEGIN, END)
                                            + "&status=RUNNING",
                                    500)
                            .getFirst();
            assertThat(row.path("start_time").asString()).startsWith("2026-11-");
            return row.path("end_time").toString();
        }
    }

    @ParameterizedTest
    @EnumSource
    void errorCodesAreWrittenAs(ErrorCode value) {
        JsonNode success = page(value, "&status=SUCCESS").at("/invocations/0/error_code");
        JsonNode failure = page(value, "&status=FAIL").at("/invocations/0/error_code");

        assertThat(success.toString())
                .isEqualTo(
                        switch (value) {
                            case NUMBER -> "0";
                            case TEXT -> "\"0\"";
                            case EMPTY -> "\"\"";
                            case NULL -> "null";
                            case ABSENT -> "";
                        });
        assertThat(failure.toString())
                .matches(
                        switch (value) {
                            case NUMBER, NULL, ABSENT -> "42\\d\\d";
                            case TEXT, EMPTY -> "\"42\\d\\d\"";
                        });
    }

    @Test
    void someRecordsAreStrangeWhereToldSo() {
        assertThat(truth(SMALL)).noneMatch(BehaviourTest::isStrange);
        assertThat(truth(SMALL.withBehaviour(Messages.SOME_HUGE)))
                .anyMatch(each -> length(each) > 1_000_000);
        assertThat(truth(SMALL.withBehaviour(StatusWords.SOME_UNKNOWN)))
                .anyMatch(each -> each.status() == InvocationStatus.UNKNOWN)
                .anyMatch(each -> each.rawStatus().equals("TIMEOUT"));
        assertThat(truth(SMALL.withBehaviour(RequestIds.OPAQUE)))
                .allMatch(each -> each.requestId().length() == 64);
        assertThat(truth(SMALL.withBehaviour(Years.SOME_ABSURD)))
                .anyMatch(each -> plainStart(each).startsWith("0001-"))
                .anyMatch(each -> plainStart(each).startsWith("+12022-"));
    }

    private static boolean isStrange(Invocation each) {
        return length(each) > 1000
                || each.status() == InvocationStatus.UNKNOWN
                || each.requestId().length() != 36
                || each.startTime() != null && !plainStart(each).startsWith("2026-");
    }

    private static int length(Invocation each) {
        return each.errorMessage() == null ? 0 : each.errorMessage().length();
    }

    private static String plainStart(Invocation each) {
        return String.valueOf(each.startTime());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void damagedRecordsAreServedButAreNotInTheTruth(Damage value) {
        try (Sandbox sandbox = Sandbox.start(SMALL.withFunctions(1).withBehaviour(value))) {
            FunctionUrn function = sandbox.functions().getFirst();
            List<JsonNode> rows =
                    new TinyClient(sandbox).rows(TinyClient.window(function, BEGIN, END), 500);

            assertThat(rows).hasSize(RECORDS);
            assertThat(rows.stream().filter(BehaviourTest::isDamaged).count())
                    .isEqualTo(sandbox.damaged())
                    .isBetween(5L, 50L);
            assertThat(sandbox.truth().count()).isEqualTo(RECORDS - sandbox.damaged());
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ON")
    void aFunctionWithoutPersistenceHasNoRecordsAndSaysSo(Persistence value) {
        try (Sandbox sandbox = Sandbox.start(SMALL.withBehaviour(value))) {
            FunctionUrn second = sandbox.functions().get(1);
            TinyClient client = new TinyClient(sandbox);

            HttpResponse<String> list = client.get(TinyClient.window(second, BEGIN, END));

            assertThat(sandbox.truth()).hasSize(RECORDS);
            assertThat(truthOf(sandbox, second)).isEmpty();
            assertThat(
                            client.json("/" + second + "/async-invoke-config")
                                    .path("enable_async_status_log")
                                    .booleanValue())
                    .isFalse();
            assertThat(list.statusCode()).isEqualTo(value == Persistence.OFF_AND_EMPTY ? 200 : 400);
        }
    }

    @Test
    void functionsCanBeListedWithTheirVersion() {
        try (Sandbox sandbox = Sandbox.start(SMALL.withBehaviour(ListedUrn.WITH_LATEST))) {
            assertThat(new TinyClient(sandbox).json("").at("/functions/0/func_urn").asString())
                    .isEqualTo(sandbox.functions().getFirst() + ":latest");
        }
    }

    @Test
    void newRecordsAreShownLateAndOldOnesAreGone() {
        Duration delay = Duration.ofHours(5);
        Duration retention = Duration.ofDays(2);
        try (Sandbox sandbox =
                Sandbox.start(SMALL.withIndexDelay(delay).withRetention(retention))) {
            FunctionUrn function = sandbox.functions().getFirst();
            Set<Invocation> truth = truthOf(sandbox, function);

            Set<Invocation> seen =
                    invocations(
                            function,
                            new TinyClient(sandbox)
                                    .rows(TinyClient.window(function, BEGIN, END), 500));

            assertThat(sandbox.truth().count()).isBetween(550L, 590L); // two days of seven
            assertThat(truth).containsAll(seen);
            assertThat(seen)
                    .containsAll(
                            having(
                                    truth,
                                    each ->
                                            each.startTime() != null
                                                    && each.startTime()
                                                            .isBefore(
                                                                    UNTIL.minus(
                                                                            delay.plusHours(1)))));
            assertThat(
                            having(
                                    seen,
                                    each ->
                                            each.startTime()
                                                    .isAfter(UNTIL.minus(delay.minusHours(1)))))
                    .isEmpty();
            assertThat(
                            having(
                                    truth,
                                    each ->
                                            each.startTime() != null
                                                    && each.startTime()
                                                            .isAfter(
                                                                    UNTIL.minus(
                                                                            delay.minusHours(1)))))
                    .isNotEmpty();
        }
    }

    @Test
    void choicesAreTypedAsPeopleReadThem() {
        assertThat(Behaviour.plain().with("last-marker=plus-rows").of(LastMarker.class))
                .isEqualTo(LastMarker.PLUS_ROWS);
        assertThat(Behaviour.plain().with("limit=clamped-to-64"))
                .isEqualTo(Behaviour.plain().with(Limit.CLAMPED_TO_64))
                .hasToString("limit=clamped-to-64");
        assertThatThrownBy(() -> Behaviour.plain().with("order=random"))
                .hasMessageContaining("order=newest-first, order=oldest-first, order=unstable");
        assertThatThrownBy(() -> Behaviour.plain().with("oder=random"))
                .hasMessageContaining("no switch 'oder'; there are: order, window-time,");
    }

    private static JsonNode page(Switch value, String more) {
        return TinyClient.JSON.readTree(answer(value, more).body());
    }

    private static HttpResponse<String> answer(Switch value, String more) {
        try (Sandbox sandbox = Sandbox.start(SMALL.withBehaviour(value))) {
            return new TinyClient(sandbox)
                    .get(TinyClient.window(sandbox.functions().getFirst(), BEGIN, END) + more);
        }
    }

    private static JsonNode firstPageOf(Switch value, String begin, String end) {
        try (Sandbox sandbox = Sandbox.start(SMALL.withBehaviour(value))) {
            return new TinyClient(sandbox)
                    .json(TinyClient.window(sandbox.functions().getFirst(), begin, end));
        }
    }

    private static List<Invocation> truth(SandboxSettings settings) {
        try (Sandbox sandbox = Sandbox.start(settings)) {
            return sandbox.truth().toList();
        }
    }

    private static Set<Invocation> truthOf(Sandbox sandbox, FunctionUrn function) {
        return new HashSet<>(
                sandbox.truth().filter(each -> each.function().equals(function)).toList());
    }

    private static List<Invocation> having(
            Collection<Invocation> records, Predicate<Invocation> what) {
        return records.stream().filter(what).toList();
    }

    private static Set<Invocation> invocations(FunctionUrn function, List<JsonNode> rows) {
        return new HashSet<>(
                rows.stream().map(row -> TinyClient.invocation(function, row)).toList());
    }

    private static String plain(Instant instant) {
        return instant.toString().replace("Z", "");
    }
}
