package io.tidemark.source.functiongraph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PagingTest {

    @ParameterizedTest(name = "[{index}] at {0}: {1} rows, next {2}, full {3}, new {4}: {5}")
    @CsvSource({
        // a greater marker is followed, wherever it leads
        "0,    500, 500,  500, 500, AT 500",
        "0,    100, 100,  500, 100, AT 100",
        "0,    463, 500,  500, 463, AT 500",
        "0,    500, abc,  500, 500, AT abc",
        "abc,  500, def,  500, 500, AT def",
        // none, or none that leads on: a full page is followed, a short one is the end
        "0,    500, ,     500, 500, AT 500",
        "500,  500, 0,    500, 500, AT 1000",
        "500,  500, 500,  500, 500, AT 1000",
        "500,  500, -1,   500, 500, AT 1000",
        "500,   64, ,      64,  64, AT 564",
        "500,  499, ,     500, 499, SHORT_PAGE",
        "500,   10, 0,    500,  10, SHORT_PAGE",
        "500,   10, 500,  500,  10, SHORT_PAGE",
        "500,   10, 499,  500,  10, SHORT_PAGE",
        // nothing there, nothing new
        "0,      0, ,       0,   0, EMPTY_PAGE",
        "500,    0, 500,  500,   0, EMPTY_PAGE",
        "500,    0, 1000, 500,   0, AT 1000 after an empty page",
        "500,  500, 1000, 500,   0, NOTHING_NEW",
        "500,  500, ,     500,   0, NOTHING_NEW",
        // a full page behind a position that cannot be counted on
        "abc,  500, ,     500, 500, STUCK",
        "abc,  500, abc,  500, 500, STUCK",
        // markers as numbers, not as text
        "1000, 10,  999,  500, 10, SHORT_PAGE",
        "999,  10,  1000, 500, 10, AT 1000",
    })
    void leadsOn(String at, int rows, @Nullable String next, int full, int fresh, String expected) {
        Next after =
                Paging.after(
                        Position.at(new Marker(at)),
                        rows,
                        Optional.ofNullable(next).map(Marker::new),
                        full,
                        fresh);

        assertThat(described(after)).isEqualTo(expected);
    }

    @Example
    void aSecondEmptyPageIsTheEndWhereverItPoints() {
        Position afterOne = new Position(new Marker("1000"), true);

        assertThat(Paging.after(afterOne, 0, Optional.of(new Marker("1500")), 500, 0))
                .isEqualTo(new Next.End(Next.Reason.EMPTY_PAGE));
    }

    @Example
    void aRefusedMarkerIsTheEndAndARefusedFirstPageIsNot() {
        assertThat(Paging.afterRejection(Position.at(new Marker("500"))))
                .contains(new Next.End(Next.Reason.MARKER_REJECTED));
        assertThat(Paging.afterRejection(Position.START)).isEmpty();
    }

    private static String described(Next next) {
        return switch (next) {
            case Next.At(Position(Marker marker, boolean empty)) ->
                    "AT " + marker + (empty ? " after an empty page" : "");
            case Next.End(Next.Reason reason) -> reason.name();
            case Next.Stuck stuck -> "STUCK";
        };
    }

    /** What the last page says about a next one. */
    enum LastMarker {
        ABSENT,
        ZERO,
        SAME,
        MARKER_PLUS_ROWS,
        MARKER_PLUS_LIMIT
    }

    /** What is behind the end. */
    enum BehindTheEnd {
        EMPTY,
        LAST_PAGE_AGAIN,
        FIRST_PAGE_AGAIN,
        FROM_THE_START_MODULO,
        REFUSED
    }

    /** What the pages before the last are like. */
    enum MidList {
        /** Full, and naming the next. */
        FULL_WITH_MARKER,
        /** Full, and never naming the next. */
        FULL_WITHOUT_MARKER,
        /** Of any length, and naming the next. */
        RAGGED_WITH_MARKER
    }

    @Property(tries = 1000)
    void everyRecordIsReadAndEveryReadingEnds(
            @ForAll LastMarker lastMarker,
            @ForAll BehindTheEnd behindTheEnd,
            @ForAll MidList midList,
            @ForAll @IntRange(max = 300) int total,
            @ForAll @IntRange(min = 1, max = 80) int limit,
            @ForAll @IntRange(min = 1, max = 80) int clamp,
            @ForAll long seed) {
        SimulatedSource source =
                new SimulatedSource(
                        lastMarker, behindTheEnd, midList, total, Math.min(limit, clamp), seed);

        Set<String> read = source.readAll(limit);

        assertThat(read).hasSize(total);
        // each page brings something, but for the two that may be needed to find the end
        assertThat(source.requests).isLessThanOrEqualTo(total + 2);
    }

    @Example
    void aSourceThatIgnoresTheMarkerIsLeftAfterTheFirstRepetition() {
        SimulatedSource source =
                new SimulatedSource(
                        LastMarker.MARKER_PLUS_ROWS,
                        BehindTheEnd.FIRST_PAGE_AGAIN,
                        MidList.FULL_WITH_MARKER,
                        50,
                        50,
                        1);

        assertThat(source.readAll(50)).hasSize(50);
        assertThat(source.requests).isEqualTo(2);
    }

    /** Pages as the documentation allows them, read as the fetch step reads them. */
    private static final class SimulatedSource {
        private final LastMarker lastMarker;
        private final BehindTheEnd behindTheEnd;
        private final MidList midList;
        private final int total;
        private final int clamped;
        private final Random random;
        private int fullPage;
        private int requests;

        SimulatedSource(
                LastMarker lastMarker,
                BehindTheEnd behindTheEnd,
                MidList midList,
                int total,
                int clamped,
                long seed) {
            this.lastMarker = lastMarker;
            this.behindTheEnd = behindTheEnd;
            this.midList = midList;
            this.total = total;
            this.clamped = clamped;
            this.random = new Random(seed);
        }

        Set<String> readAll(int limit) {
            Set<String> read = new LinkedHashSet<>();
            SeenIds seen = new SeenIds();
            Next next = new Next.At(Position.START);
            while (next instanceof Next.At(Position position)) {
                assertThat(++requests).as("requests").isLessThan(10_000);
                Optional<RawPage> page = page(Integer.parseInt(position.marker().text()), limit);
                if (page.isEmpty()) {
                    next = Paging.afterRejection(position).orElseThrow();
                } else {
                    for (int i = 0; i < page.get().size(); i++) {
                        read.add(page.get().requestId(i));
                    }
                    next =
                            Paging.after(
                                    position, page.get(), limit, fullPage, seen.add(page.get()));
                }
            }
            assertThat(next).isInstanceOf(Next.End.class);
            return read;
        }

        private Optional<RawPage> page(int offset, int limit) {
            if (offset >= total && total > 0) {
                return switch (behindTheEnd) {
                    case EMPTY -> page(offset, 0, limit);
                    case LAST_PAGE_AGAIN -> page(Math.max(0, total - clamped), clamped, limit);
                    case FIRST_PAGE_AGAIN -> page(0, clamped, limit);
                    case FROM_THE_START_MODULO -> page(offset % total, clamped, limit);
                    case REFUSED -> Optional.empty();
                };
            }
            boolean ragged = midList == MidList.RAGGED_WITH_MARKER && offset + clamped < total;
            return page(offset, ragged ? random.nextInt(1, clamped + 1) : clamped, limit);
        }

        private Optional<RawPage> page(int from, int rows, int limit) {
            int to = Math.max(from, Math.min(total, from + rows));
            List<String> records = IntStream.range(from, to).mapToObj(i -> "id-" + i).toList();
            Optional<Marker> next =
                    to < total
                            ? marker(to).filter(m -> midList != MidList.FULL_WITHOUT_MARKER)
                            : switch (lastMarker) {
                                case ABSENT -> Optional.empty();
                                case ZERO -> Optional.of(Marker.START);
                                case SAME -> marker(from);
                                case MARKER_PLUS_ROWS -> marker(from + records.size());
                                case MARKER_PLUS_LIMIT -> marker(from + limit);
                            };
            fullPage = Math.max(fullPage, records.size());
            return Optional.of(Pages.of(records, next, OptionalLong.empty()));
        }

        private static Optional<Marker> marker(int offset) {
            return Optional.of(new Marker(Integer.toString(offset)));
        }
    }
}
