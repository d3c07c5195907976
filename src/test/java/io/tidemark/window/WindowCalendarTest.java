package io.tidemark.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class WindowCalendarTest {

    @Property
    void rangesFollowEachOtherWithoutGapOrOverlap(
            @ForAll("calendars") WindowCalendar calendar, @ForAll("spans") TimeRange span) {
        List<TimeRange> ranges = calendar.within(span);

        for (int i = 1; i < ranges.size(); i++) {
            assertThat(ranges.get(i).from()).isEqualTo(ranges.get(i - 1).to());
        }
        assertThat(ranges).allMatch(span::encloses);
    }

    @Property
    void noWholeRangeFitsBeforeTheFirstOrAfterTheLast(
            @ForAll("calendars") WindowCalendar calendar, @ForAll("spans") TimeRange span) {
        List<TimeRange> ranges = calendar.within(span);
        // a calendar month with two days more is the longest range the generator makes
        Duration longest = Duration.ofDays(64);
        TimeRange wider = new TimeRange(span.from().minus(longest), span.to().plus(longest));

        List<TimeRange> expected = new ArrayList<>(calendar.within(wider));
        expected.removeIf(range -> !span.encloses(range));

        assertThat(ranges).isEqualTo(expected);
        assertThat(calendar.within(wider)).isNotEmpty();
    }

    @Property
    void theRangesOfASpanAreThoseOfItsTwoHalvesAndAtMostTheOneBetween(
            @ForAll("calendars") WindowCalendar calendar, @ForAll("spans") TimeRange span) {
        Instant middle = span.from().plus(span.length().dividedBy(2));
        if (middle.equals(span.from())) {
            return;
        }
        List<TimeRange> halves =
                new ArrayList<>(calendar.within(new TimeRange(span.from(), middle)));
        halves.addAll(calendar.within(new TimeRange(middle, span.to())));

        List<TimeRange> whole = calendar.within(span);

        assertThat(whole).containsAll(halves);
        assertThat(whole.size() - halves.size()).isBetween(0, 1);
    }

    @Property
    void daysBeginAtMidnightOfTheZone(
            @ForAll("zones") ZoneId zone, @ForAll("spans") TimeRange span) {
        WindowCalendar days =
                WindowCalendar.anchoredCommonly(Every.parse("P1D").orElseThrow(), zone);

        assertThat(days.within(span))
                .allSatisfy(day -> {
                    LocalDate date = day.from().atZone(zone).toLocalDate();
                    assertThat(day.from()).isEqualTo(date.atStartOfDay(zone).toInstant());
                });
    }

    @Example
    void hoursWithoutAFixedBeginningBeginOnTheHourOfTheZone() {
        for (String name :
                List.of(
                        "UTC",
                        "Asia/Shanghai",
                        "Asia/Singapore",
                        "Asia/Hong_Kong",
                        "Asia/Kolkata",
                        "America/Sao_Paulo",
                        "Africa/Monrovia",
                        "Australia/Sydney")) {
            ZoneId zone = ZoneId.of(name);
            List<TimeRange> hours =
                    WindowCalendar.anchoredCommonly(Every.parse("PT1H").orElseThrow(), zone)
                            .within(range("2026-11-01T00:10:00Z", "2026-11-02T00:10:00Z"));

            assertThat(hours)
                    .as(name)
                    .hasSize(23)
                    .extracting(hour -> hour.from().atZone(zone).toLocalTime().toSecondOfDay())
                    .allMatch(second -> second % 3_600 == 0);
        }
    }

    @Example
    void daysHave23And25HoursWhereClocksChange() {
        WindowCalendar days =
                WindowCalendar.anchoredCommonly(
                        Every.parse("P1D").orElseThrow(), ZoneId.of("Europe/Berlin"));

        assertThat(days.within(range("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")))
                .singleElement()
                .satisfies(day -> assertThat(day.length()).isEqualTo(Duration.ofHours(23)));
        assertThat(days.within(range("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")))
                .singleElement()
                .satisfies(day -> assertThat(day.length()).isEqualTo(Duration.ofHours(25)));
    }

    @Example
    void aDayThatAZoneSkippedIsNoRange() {
        ZoneId apia = ZoneId.of("Pacific/Apia"); // had no 30 December 2011
        WindowCalendar days =
                WindowCalendar.anchoredCommonly(Every.parse("P1D").orElseThrow(), apia);

        assertThat(
                        days.within(
                                new TimeRange(
                                        LocalDate.of(2011, 12, 29).atStartOfDay(apia).toInstant(),
                                        LocalDate.of(2012, 1, 1).atStartOfDay(apia).toInstant())))
                .extracting(day -> day.from().atZone(apia).toLocalDate())
                .containsExactly(LocalDate.of(2011, 12, 29), LocalDate.of(2011, 12, 31));
    }

    @Example
    void monthsThatBeginOnThe31stBeginOnTheLastDayOfShorterMonths() {
        WindowCalendar months =
                new WindowCalendar(
                        Every.parse("P1M").orElseThrow(),
                        ZoneId.of("UTC"),
                        Instant.parse("2026-01-31T00:00:00Z"));

        assertThat(months.within(range("2026-01-01T00:00:00Z", "2026-05-01T00:00:00Z")))
                .containsExactly(
                        range("2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z"),
                        range("2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"),
                        range("2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z"));
    }

    @Provide
    Arbitrary<ZoneId> zones() {
        return Arbitraries.of(ZoneId.getAvailableZoneIds().stream().sorted().toList())
                .map(ZoneId::of);
    }

    @Provide
    Arbitrary<WindowCalendar> calendars() {
        Arbitrary<Every> lengths =
                Arbitraries.of(
                                "PT17M", "PT45M", "PT6H", "PT25H", "P1D", "P3D", "P1W", "P1M",
                                "P1M2D")
                        .map(text -> Every.parse(text).orElseThrow());
        return lengths.flatMap(every ->
                zones().flatMap(zone ->
                        instants().map(anchor -> new WindowCalendar(every, zone, anchor))));
    }

    @Provide
    Arbitrary<TimeRange> spans() {
        return instants()
                .flatMap(from ->
                        Arbitraries.longs()
                                .between(1, 20_000)
                                .map(seconds ->
                                        new TimeRange(from, from.plusSeconds(seconds * 7))));
    }

    private Arbitrary<Instant> instants() {
        return Arbitraries.longs()
                .between(
                        Instant.parse("2005-01-01T00:00:00Z").getEpochSecond(),
                        Instant.parse("2030-01-01T00:00:00Z").getEpochSecond())
                .map(Instant::ofEpochSecond);
    }

    private static TimeRange range(String from, String to) {
        return new TimeRange(Instant.parse(from), Instant.parse(to));
    }
}
