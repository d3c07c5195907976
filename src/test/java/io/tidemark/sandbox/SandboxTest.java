package io.tidemark.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a sandbox holds, and its plain answers. */
class SandboxTest {
    private static final Instant UNTIL = Instant.parse("2026-11-21T12:00:00Z");
    private static final String ALL_TIME_BEGIN = "2026-10-01T00:00:00";
    private static final String ALL_TIME_END = "2026-12-01T00:00:00";
    private static final SandboxSettings SMALL =
            SandboxSettings.DEFAULT.withRecords(3000).withUntil(UNTIL);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7, 3000, 20_000})
    void holdsExactlyAsManyRecordsAsItIsTold(long records) {
        try (Sandbox sandbox = Sandbox.start(SMALL.withRecords(records))) {
            assertThat(sandbox.truth().map(Invocation::requestId).distinct())
                    .hasSize((int) records);
        }
    }

    @Test
    void theSameSettingsGiveTheSameRecordsAndAnotherSeedGivesOthers() {
        List<Invocation> one = truth(SMALL);

        assertThat(truth(SMALL)).isEqualTo(one);
        assertThat(byId(truth(SMALL.withSeed(2)).stream()).keySet())
                .doesNotContainAnyElementsOf(byId(one.stream()).keySet());
    }

    @Test
    void recordsStayTheSameWhileTheClockMovesOn() {
        MovableClock clock = new MovableClock(UNTIL);
        try (Sandbox sandbox =
                Sandbox.start(SandboxSettings.DEFAULT.withRecords(3000).withClock(clock))) {
            Map<String, Invocation> before = byId(sandbox.truth());
            clock.advance(Duration.ofHours(36));
            Map<String, Invocation> after = byId(sandbox.truth());

            assertThat(after).hasSize(3000);
            List<Invocation> settled =
                    before.values().stream().filter(each -> !each.status().isOpen()).toList();
            List<Invocation> stillHeld =
                    settled.stream().filter(each -> after.containsKey(each.requestId())).toList();
            assertThat(after.values()).containsAll(stillHeld);
            // a day and a half of seven is gone
            assertThat(stillHeld.size() / (double) settled.size()).isBetween(0.75, 0.82);
        }
    }

    @Test
    void pagingThroughAllWindowsGivesTheTruth() {
        try (Sandbox sandbox = Sandbox.start(SMALL)) {
            assertThat(byId(everything(sandbox, 500).stream())).isEqualTo(byId(sandbox.truth()));
        }
    }

    @Test
    void pagesFollowEachOtherNewestFirstAndSayHowManyThereAre() {
        try (Sandbox sandbox = Sandbox.start(SMALL)) {
            TinyClient client = new TinyClient(sandbox);
            FunctionUrn function = sandbox.functions().getFirst();
            String window = TinyClient.window(function, ALL_TIME_BEGIN, ALL_TIME_END);
            long total = sandbox.truth().filter(each -> each.function().equals(function)).count();

            JsonNode first = client.json(window + "&limit=100");
            assertThat(first.path("invocations").size()).isEqualTo(100);
            assertThat(first.path("next_marker").intValue()).isEqualTo(100);
            assertThat(first.path("count").longValue()).isEqualTo(total);
            JsonNode last = client.json(window + "&limit=100&marker=" + (total - 3));
            assertThat(last.path("invocations").size()).isEqualTo(3);
            assertThat(last.has("next_marker")).isFalse();
            assertThat(client.rows(window, 70))
                    .extracting(row -> row.path("start_time").asString())
                    .filteredOn(start -> !start.isEmpty())
                    .isSortedAccordingTo((a, b) -> b.compareTo(a));
        }
    }

    @Test
    void aWindowHoldsWhatStartedInItBothBoundsIncluded() {
        try (Sandbox sandbox = Sandbox.start(SMALL)) {
            TinyClient client = new TinyClient(sandbox);
            List<Invocation> ofFunction =
                    sandbox.truth()
                            .filter(each -> each.function().equals(sandbox.functions().getFirst()))
                            .filter(each -> each.startTime() != null)
                            .sorted(Invocation.SINK_ORDER)
                            .toList();
            Instant begin = ofFunction.get(100).startTime();
            Instant end = ofFunction.get(200).startTime();

            List<JsonNode> rows =
                    client.rows(
                            TinyClient.window(
                                    sandbox.functions().getFirst(), plain(begin), plain(end)),
                            500);

            assertThat(rows)
                    .extracting(row -> row.path("request_id").asString())
                    .containsExactlyInAnyOrderElementsOf(
                            ofFunction.stream()
                                    .filter(each -> !each.startTime().isBefore(begin))
                                    .filter(each -> !each.startTime().isAfter(end))
                                    .map(Invocation::requestId)
                                    .toList());
        }
    }

    @Test
    void withoutBoundsItIsTheHourThatEndsNow() {
        try (Sandbox sandbox = Sandbox.start(SMALL.withRecords(20_000))) {
            FunctionUrn function = sandbox.functions().getFirst();
            Instant begin = UNTIL.minus(Duration.ofHours(1));

            JsonNode page =
                    new TinyClient(sandbox).json("/" + function + "/async-invocations?limit=500");

            long started =
                    sandbox.truth()
                            .filter(each -> each.function().equals(function))
                            .filter(each -> each.startTime() != null)
                            .filter(each -> !each.startTime().isBefore(begin))
                            .count();
            assertThat(started).isPositive();
            assertThat(page.path("invocations").size())
                    .isBetween((int) started, (int) started + 3); // those that wait, too
        }
    }

    @Test
    void asksForOneStatusOrOneRequest() {
        try (Sandbox sandbox = Sandbox.start(SMALL)) {
            TinyClient client = new TinyClient(sandbox);
            Invocation failed =
                    sandbox.truth()
                            .filter(each -> each.status() == InvocationStatus.FAILED)
                            .findFirst()
                            .orElseThrow();
            String window = TinyClient.window(failed.function(), ALL_TIME_BEGIN, ALL_TIME_END);

            assertThat(client.rows(window + "&status=FAIL", 500))
                    .extracting(row -> TinyClient.invocation(failed.function(), row))
                    .containsExactlyInAnyOrderElementsOf(
                            sandbox.truth()
                                    .filter(each -> each.function().equals(failed.function()))
                                    .filter(each -> each.status() == InvocationStatus.FAILED)
                                    .toList());
            assertThat(client.rows(window + "&request_id=" + failed.requestId(), 500))
                    .extracting(row -> TinyClient.invocation(failed.function(), row))
                    .containsExactly(failed);
            assertThat(client.rows(window + "&request_id=" + failed.requestId() + "0", 500))
                    .isEmpty();
            FunctionUrn other =
                    sandbox.functions()
                            .get(failed.function().equals(sandbox.functions().get(0)) ? 1 : 0);
            assertThat(
                            client.rows(
                                    TinyClient.window(other, ALL_TIME_BEGIN, ALL_TIME_END)
                                            + "&request_id="
                                            + failed.requestId(),
                                    500))
                    .isEmpty();
        }
    }

    @Test
    void aRecordWaitsThenRunsThenIsFinalAsTheClockMoves() {
        MovableClock clock = new MovableClock(UNTIL);
        try (Sandbox sandbox =
                Sandbox.start(
                        SandboxSettings.DEFAULT.withRecords(2000).withDays(1).withClock(clock))) {
            TinyClient client = new TinyClient(sandbox);
            // one that will wait for a while and then run for a while
            Invocation waiting =
                    Stream.iterate(0, i -> i + 1)
                            .flatMap(i -> {
                                clock.advance(Duration.ofSeconds(30));
                                return sandbox.truth();
                            })
                            .filter(each -> each.status() == InvocationStatus.WAITING)
                            .findFirst()
                            .orElseThrow();
            String window =
                    TinyClient.window(waiting.function(), ALL_TIME_BEGIN, ALL_TIME_END)
                            + "&request_id="
                            + waiting.requestId();

            List<String> said = new ArrayList<>();
            List<String> held = new ArrayList<>();
            while (!said.contains("SUCCESS")
                    && !said.contains("FAIL")
                    && !said.contains("DISCARD")) {
                JsonNode row = client.rows(window, 10).getFirst();
                Invocation now = TinyClient.invocation(waiting.function(), row);
                if (!said.contains(now.rawStatus())) {
                    said.add(now.rawStatus());
                    held.add((now.startTime() != null) + " " + (now.endTime() != null));
                }
                clock.advance(Duration.ofMillis(100));
            }

            assertThat(said).startsWith("WAIT", "RUNNING").hasSize(3);
            assertThat(held).containsExactly("false false", "true false", "true true");
        }
    }

    @Test
    void listsStayRightWhileTheClockMoves() {
        MovableClock clock = new MovableClock(UNTIL);
        try (Sandbox sandbox =
                Sandbox.start(SandboxSettings.DEFAULT.withRecords(300).withClock(clock))) {
            for (int i = 0; i < 40; i++) {
                assertThat(byId(everything(sandbox, 500).stream()))
                        .isEqualTo(byId(sandbox.truth()));
                clock.advance(Duration.ofMinutes(i));
            }
        }
    }

    @Test
    void whatWasListedOnceIsListedAnewWhenRecordsComeGoOrMoveOn() {
        MovableClock clock = new MovableClock(UNTIL);
        try (Sandbox sandbox =
                Sandbox.start(
                        SandboxSettings.DEFAULT
                                .withRecords(20_000)
                                .withDays(1)
                                .withFunctions(1)
                                .withClock(clock))) {
            TinyClient client = new TinyClient(sandbox);
            FunctionUrn function = sandbox.functions().getFirst();
            Instant soon = UNTIL.plus(Duration.ofDays(1));
            Instant dayBefore = UNTIL.minus(Duration.ofDays(1)).minusSeconds(120);
            Set<Set<String>> coming = new HashSet<>();
            Set<Set<String>> going = new HashSet<>();
            Set<Set<String>> running = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                List<Invocation> truth = sandbox.truth().toList();

                Instant from = UNTIL.minusSeconds(120);
                Set<String> nowComing = ids(client.rows(window(function, from, soon), 500));
                coming.add(nowComing);
                assertThat(nowComing)
                        .isEqualTo(
                                idsOf(
                                        truth,
                                        each ->
                                                each.startTime() == null
                                                        || !each.startTime().isBefore(from)));
                Instant to = dayBefore.plusSeconds(300);
                Set<String> nowGoing = ids(client.rows(window(function, dayBefore, to), 500));
                going.add(nowGoing);
                assertThat(nowGoing)
                        .isEqualTo(
                                idsOf(
                                        truth,
                                        each ->
                                                each.startTime() != null
                                                        && !each.startTime().isAfter(to)));
                Instant hourBefore = UNTIL.minus(Duration.ofHours(1)); // none comes, none goes
                String closed = window(function, hourBefore, UNTIL) + "&status=RUNNING";
                Set<String> nowRunning = ids(client.rows(closed, 500));
                running.add(nowRunning);
                assertThat(nowRunning)
                        .isEqualTo(
                                idsOf(
                                        truth,
                                        each ->
                                                each.status() == InvocationStatus.RUNNING
                                                        && !each.startTime().isBefore(hourBefore)
                                                        && !each.startTime().isAfter(UNTIL)));
                clock.advance(Duration.ofSeconds(10));
            }
            assertThat(coming).hasSizeGreaterThan(10);
            assertThat(going).hasSizeGreaterThan(10);
            assertThat(running).hasSizeGreaterThan(1);
        }
    }

    private static String window(FunctionUrn function, Instant begin, Instant end) {
        return TinyClient.window(function, plain(begin), plain(end));
    }

    private static Set<String> ids(List<JsonNode> rows) {
        return rows.stream()
                .map(row -> row.path("request_id").asString())
                .collect(Collectors.toSet());
    }

    private static Set<String> idsOf(List<Invocation> records, Predicate<Invocation> which) {
        return records.stream()
                .filter(which)
                .map(Invocation::requestId)
                .collect(Collectors.toSet());
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> SandboxSettings.DEFAULT.withFunctions(0))
                .hasMessage("functions of a sandbox: 1 to 10000, not 0");
        assertThatThrownBy(() -> SandboxSettings.DEFAULT.withRecords(-1))
                .hasMessage("records of a sandbox: 0 to 100000000, not -1");
        assertThatThrownBy(() -> SandboxSettings.DEFAULT.withDays(401))
                .hasMessage("days of a sandbox: 1 to 400, not 401");
        assertThatThrownBy(() -> SandboxSettings.DEFAULT.withPort(65_536))
                .hasMessage("port of a sandbox: 0 to 65535, not 65536");
        assertThatThrownBy(() -> Faults.of(1.5)).hasMessage("a share of faults is 0 to 1, not 1.5");
    }

    @Test
    void aMillionRecordsInOneWindowAreServedFromAnyPosition() {
        try (Sandbox sandbox = Sandbox.start(SMALL.withRecords(1_000_000).withFunctions(1))) {
            TinyClient client = new TinyClient(sandbox);
            String window =
                    TinyClient.window(sandbox.functions().getFirst(), ALL_TIME_BEGIN, ALL_TIME_END);

            JsonNode last = client.json(window + "&limit=500&marker=999800");

            assertThat(last.path("count").intValue()).isEqualTo(1_000_000);
            assertThat(last.path("invocations")).hasSize(200);
            assertThat(last.path("invocations"))
                    .extracting(row -> row.path("request_id").asString())
                    .containsAnyElementsOf(
                            sandbox.truth().limit(100).map(Invocation::requestId).toList());
        }
    }

    @Test
    void theFunctionListIsPagedAndHoldsAnIdleFunction() {
        try (Sandbox sandbox = Sandbox.start(SMALL.withFunctions(450))) {
            TinyClient client = new TinyClient(sandbox);

            JsonNode first = client.json("?maxitems=1000");
            JsonNode second = client.json("?maxitems=1000&marker=" + first.path("next_marker"));

            List<String> listed = new ArrayList<>();
            first.path("functions").forEach(row -> listed.add(row.path("func_urn").asString()));
            assertThat(listed).hasSize(400);
            second.path("functions").forEach(row -> listed.add(row.path("func_urn").asString()));
            assertThat(listed)
                    .isEqualTo(sandbox.functions().stream().map(FunctionUrn::toString).toList())
                    .doesNotHaveDuplicates()
                    .allMatch(urn -> urn.split(":").length == 7);
            assertThat(second.has("next_marker")).isFalse();
            assertThat(sandbox.truth().map(Invocation::function))
                    .doesNotContain(sandbox.functions().getLast());
        }
    }

    @Test
    void aFunctionIsKnownByEverySpellingOfItsName() {
        try (Sandbox sandbox = Sandbox.start(SMALL)) {
            TinyClient client = new TinyClient(sandbox);
            String urn = sandbox.functions().getFirst().toString();
            String tail = "/async-invocations?query_begin_time=" + ALL_TIME_BEGIN;

            String answer = client.get("/" + urn + tail).body();

            assertThat(client.get("/" + urn + ":latest" + tail).body()).isEqualTo(answer);
            assertThat(client.get("/" + urn.replace(":", "%3A") + tail).body()).isEqualTo(answer);
            assertThat(
                            client.json("/" + urn + "/async-invoke-config")
                                    .path("enable_async_status_log")
                                    .booleanValue())
                    .isTrue();
        }
    }

    @Test
    void refusesWhatTheSourceWouldRefuse() {
        try (Sandbox sandbox = Sandbox.start(SMALL)) {
            TinyClient client = new TinyClient(sandbox);
            String urn = sandbox.functions().getFirst().toString();
            String list = "/" + urn + "/async-invocations?";

            assertThat(client.get("/" + urn + ":7/async-invocations").body())
                    .contains("FSS.0404")
                    .contains(":7");
            assertThat(client.get("/" + urn + "/triggers").body()).contains("APIGW.0101");
            assertThat(client.get(list + "query_begin_time=2026-11-01T00:00:00Z").body())
                    .contains("FSS.0400")
                    .contains("query_begin_time");
            assertThat(client.get(list + "limit=0").body()).contains("FSS.0400");
            assertThat(client.get(list + "marker=x").body()).contains("FSS.0400");
            assertThat(client.get(list + "status=DONE").body()).contains("FSS.0400");
            assertThat(
                            client.send(
                                            HttpRequest.newBuilder(
                                                            client.request(list).build().uri())
                                                    .header("X-Auth-Token", sandbox.token()))
                                    .body())
                    .contains("Content-Type");
        }
    }

    @Test
    void tellsItsTruthAndItsRequestsToOtherProcesses() {
        try (Sandbox sandbox = Sandbox.start(SMALL)) {
            TinyClient client = new TinyClient(sandbox);
            client.json("?maxitems=2");
            String from = "2026-11-20T00:00:00Z";

            String truth = client.send(inspect(sandbox, "truth")).body();
            String part = client.send(inspect(sandbox, "truth?from=" + from)).body();
            String requests = client.send(inspect(sandbox, "requests")).body();

            List<Invocation> told =
                    truth.lines().map(TinyClient.JSON::readTree).map(SandboxTest::told).toList();
            assertThat(told).isEqualTo(sandbox.truth().toList());
            assertThat(part.lines().map(TinyClient.JSON::readTree).map(SandboxTest::told))
                    .isNotEmpty()
                    .isEqualTo(
                            told.stream()
                                    .filter(each -> each.startTime() != null)
                                    .filter(each -> !each.startTime().isBefore(Instant.parse(from)))
                                    .toList());
            assertThat(requests.lines().map(TinyClient.JSON::readTree))
                    .singleElement()
                    .satisfies(row -> {
                        assertThat(row.path("method").asString()).isEqualTo("GET");
                        assertThat(row.path("path").asString())
                                .isEqualTo("/v2/" + sandbox.project() + "/fgs/functions");
                        assertThat(row.path("query").asString()).isEqualTo("maxitems=2");
                        assertThat(row.path("status").intValue()).isEqualTo(200);
                    });
            assertThat(sandbox.requests()).hasSize(1);
        }
    }

    @Test
    void itsClockCanBeSetByHttp() {
        try (Sandbox sandbox = Sandbox.start(SMALL)) {
            List<Invocation> before = sandbox.truth().toList();
            TinyClient client = new TinyClient(sandbox);

            client.send(
                    inspect(sandbox, "clock?now=2026-12-21T12:00:00Z")
                            .POST(HttpRequest.BodyPublishers.noBody()));
            assertThat(byId(sandbox.truth()).keySet())
                    .hasSize(3000)
                    .doesNotContainAnyElementsOf(byId(before.stream()).keySet());
            client.send(
                    inspect(sandbox, "clock?now=" + UNTIL)
                            .POST(HttpRequest.BodyPublishers.noBody()));
            assertThat(sandbox.truth().toList()).isEqualTo(before);
        }
    }

    private static HttpRequest.Builder inspect(Sandbox sandbox, String tail) {
        return HttpRequest.newBuilder(URI.create(sandbox.endpoint() + "/sandbox/" + tail));
    }

    private static Invocation told(JsonNode row) {
        JsonNode code = row.path("error_code");
        return new Invocation(
                FunctionUrn.of(row.path("function_urn").asString()),
                row.path("request_id").asString(),
                InvocationStatus.valueOf(row.path("status").asString()),
                row.path("raw_status").asString(),
                code.isNull() ? null : code.longValue(),
                row.path("error_message").isNull() ? null : row.path("error_message").asString(),
                row.path("start_time").isNull()
                        ? null
                        : Instant.parse(row.path("start_time").asString()),
                row.path("end_time").isNull()
                        ? null
                        : Instant.parse(row.path("end_time").asString()));
    }

    private static List<Invocation> everything(Sandbox sandbox, int limit) {
        TinyClient client = new TinyClient(sandbox);
        return sandbox.functions().stream()
                .flatMap(function ->
                        client
                                .rows(
                                        TinyClient.window(function, ALL_TIME_BEGIN, ALL_TIME_END),
                                        limit)
                                .stream()
                                .map(row -> TinyClient.invocation(function, row)))
                .toList();
    }

    private static List<Invocation> truth(SandboxSettings settings) {
        try (Sandbox sandbox = Sandbox.start(settings)) {
            return sandbox.truth().toList();
        }
    }

    private static Map<String, Invocation> byId(Stream<Invocation> records) {
        return records.collect(Collectors.toMap(Invocation::requestId, each -> each));
    }

    private static String plain(Instant instant) {
        return instant.toString().replace("Z", "");
    }
}
