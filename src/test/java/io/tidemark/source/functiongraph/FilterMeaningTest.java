package io.tidemark.source.functiongraph;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.record.Row;
import io.tidemark.record.Schema;
import io.tidemark.record.Times;
import io.tidemark.source.functiongraph.FilterMeaning.Bound;
import io.tidemark.source.functiongraph.FilterMeaning.Time;
import io.tidemark.window.TimeRange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

class FilterMeaningTest {
    private static final Instant BEGIN = Instant.parse("2026-11-01T00:00:00Z");
    private static final TimeRange DAY =
            new TimeRange(BEGIN, Instant.parse("2026-11-02T00:00:00Z"));

    @Example
    void asksForOneSecondMoreAtBothEnds() {
        assertThat(FilterMeaning.ASSUMED.asked(DAY))
                .hasToString("2026-10-31T23:59:59Z/2026-11-02T00:00:01Z");
        assertThat(
                        FilterMeaning.ASSUMED.asked(
                                new TimeRange(BEGIN.plusMillis(700), BEGIN.plusMillis(1200))))
                .hasToString("2026-10-31T23:59:59Z/2026-11-01T00:00:03Z");
    }

    @Example
    void keepsWhatNoNeighbourCanBeReliedOnFor() {
        assertThat(place(DAY.from())).isEqualTo(Row.HERE);
        assertThat(place(DAY.to().minusMillis(1))).isEqualTo(Row.HERE);
        assertThat(place(DAY.from().minusMillis(1))).isEqualTo(WindowPlacement.BEFORE);
        assertThat(place(DAY.from().minusSeconds(12 * 3600))).isEqualTo(WindowPlacement.BEFORE);
        assertThat(place(DAY.to())).isEqualTo(WindowPlacement.AFTER);
        assertThat(place(DAY.to().plusSeconds(12 * 3600))).isEqualTo(WindowPlacement.AFTER);
        assertThat(place(DAY.from().minusSeconds(12 * 3600 + 2)))
                .isEqualTo(WindowPlacement.FAR_OUTSIDE);
        assertThat(place(DAY.to().plusSeconds(12 * 3600 + 2)))
                .isEqualTo(WindowPlacement.FAR_OUTSIDE);
        assertThat(place(null)).isEqualTo(WindowPlacement.TIMELESS);
    }

    /**
     * Whatever a source does at its bounds and with fractions: as long as it compares the time we
     * go by, every record ends in exactly one of the windows that cover its time.
     */
    @Property(tries = 2000)
    void everyRecordIsKeptByExactlyOneWindow(
            @ForAll Time time,
            @ForAll boolean beginIsIn,
            @ForAll boolean endIsIn,
            @ForAll boolean comparesWholeSeconds,
            @ForAll boolean showsWholeSeconds,
            @ForAll @IntRange(min = 1, max = 4) int windowSeconds,
            @ForAll @IntRange(min = 8000, max = 16_000) int millis,
            @ForAll @IntRange(max = 6000) int otherTimeMillis) {
        FilterMeaning meaning = meaning(time, beginIsIn, endIsIn, comparesWholeSeconds);
        Instant exact = BEGIN.plusMillis(millis);
        Instant compared = comparesWholeSeconds ? exact.truncatedTo(ChronoUnit.SECONDS) : exact;
        Instant shown = showsWholeSeconds ? exact.truncatedTo(ChronoUnit.SECONDS) : exact;
        Shown record =
                switch (time) {
                    case START -> record(shown, shown.plusMillis(otherTimeMillis));
                    case END -> record(shown.minusMillis(otherTimeMillis), shown);
                    case HIDDEN -> record(shown.plusMillis(otherTimeMillis), null);
                };
        List<TimeRange> windows =
                IntStream.range(0, 24 / windowSeconds)
                        .mapToObj(i ->
                                new TimeRange(
                                        BEGIN.plusSeconds((long) i * windowSeconds),
                                        BEGIN.plusSeconds((i + 1L) * windowSeconds)))
                        .toList();

        List<TimeRange> keeping =
                windows.stream()
                        .filter(window -> {
                            Predicate<TimeRange> lists =
                                    asked ->
                                            (compared.isAfter(asked.from())
                                                            || beginIsIn
                                                                    && compared.equals(
                                                                            asked.from()))
                                                    && (compared.isBefore(asked.to())
                                                            || endIsIn
                                                                    && compared.equals(asked.to()));
                            return lists.test(meaning.asked(window))
                                    && switch (place(meaning, window, record)) {
                                        case Row.HERE -> true;
                                        case WindowPlacement.TIMELESS, WindowPlacement.BEFORE ->
                                                !lists.test(meaning.justBefore(window));
                                        case WindowPlacement.AFTER ->
                                                !lists.test(meaning.justAfter(window));
                                        default -> false;
                                    };
                        })
                        .toList();

        assertThat(keeping).hasSize(1);
        if (time != Time.HIDDEN) {
            assertThat(keeping).singleElement().matches(window -> window.contains(shown));
        }
    }

    /** As calibration finds out, which cannot see whether a hidden fraction is compared. */
    private static FilterMeaning meaning(
            Time time, boolean beginIsIn, boolean endIsIn, boolean comparesWholeSeconds) {
        return switch (time) {
            case START, END ->
                    new FilterMeaning(
                            time,
                            beginIsIn || !comparesWholeSeconds ? Bound.INCLUDED : Bound.EXCLUDED,
                            endIsIn && comparesWholeSeconds ? Bound.INCLUDED : Bound.EXCLUDED,
                            3);
            case HIDDEN -> FilterMeaning.hidden(3);
        };
    }

    @Example
    void whatASourceThatWasAskedReturnsFromElsewhereContradictsIt() {
        FilterMeaning asked = meaning(Time.START, true, true, true);

        assertThat(place(asked, DAY, new Shown(DAY.to().plusMillis(999), null)))
                .isEqualTo(WindowPlacement.AFTER);
        assertThat(place(asked, DAY, new Shown(DAY.to().plusSeconds(1), null)))
                .isEqualTo(WindowPlacement.CONTRADICTION);
        assertThat(place(asked, DAY, new Shown(Instant.parse("0001-01-01T00:00:00Z"), null)))
                .isEqualTo(WindowPlacement.FAR_OUTSIDE);
    }

    private static int place(@Nullable Instant start) {
        return place(FilterMeaning.ASSUMED, DAY, record(start, null));
    }

    private static int place(FilterMeaning meaning, TimeRange window, Shown record) {
        return new WindowPlacement(meaning, window, List.of())
                .place(Invocations.SUCCEEDED, micros(record.start()), micros(record.end()));
    }

    private static long micros(@Nullable Instant time) {
        return time == null ? Schema.NO_TIME : Times.micros(time);
    }

    /** The times of a record. */
    private record Shown(@Nullable Instant start, @Nullable Instant end) {}

    private static Shown record(@Nullable Instant start, @Nullable Instant end) {
        return new Shown(start, end);
    }
}
