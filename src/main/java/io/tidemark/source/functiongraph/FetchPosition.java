package io.tidemark.source.functiongraph;

import io.tidemark.source.Checkpoint;
import io.tidemark.window.TimeRange;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Where the reading of a window stands.
 *
 * @param asked what the window as a whole is asked for
 * @param slice which status is being read, see {@link PageRequest#slices}; the number of slices
 *     once all are read
 * @param inPieces whether all of the window is read in pieces, from the beginning
 * @param pieces the times that are still to be asked for, where paging did not give all of the
 *     slice; the first is being read. Empty while the window is asked for as a whole
 * @param next where its next page is asked for
 * @param last the page before, which is read once more on restart to see that the source still
 *     gives the same; empty at the beginning of a slice or piece
 * @param fresh how many records of the slice or piece were not seen before in it
 * @param pages how many pages were read in all
 * @param counts what the source said there would be
 */
record FetchPosition(
        TimeRange asked,
        int slice,
        boolean inPieces,
        List<TimeRange> pieces,
        Position next,
        Optional<SeenPage> last,
        long fresh,
        long pages,
        CountTally counts) {
    /** The first line of a checkpoint: what follows, a line each. */
    private static final String FORMAT = "functiongraph 1";

    private static final int LINES = 14;

    FetchPosition {
        pieces = List.copyOf(pieces);
    }

    /** A page that was read: where, and what was in it. */
    record SeenPage(Marker marker, String fingerprint) {}

    static FetchPosition start(TimeRange asked, boolean inPieces) {
        return new FetchPosition(
                asked,
                0,
                inPieces,
                List.of(),
                Position.START,
                Optional.empty(),
                0,
                0,
                CountTally.NOTHING_YET);
    }

    private FetchPosition begin(int nextSlice, List<TimeRange> nextPieces, CountTally now) {
        return new FetchPosition(
                asked,
                nextSlice,
                inPieces,
                nextPieces,
                Position.START,
                Optional.empty(),
                0,
                pages + 1,
                now);
    }

    boolean isStart() {
        return equals(start(asked, inPieces));
    }

    /** The times that are being asked for. */
    TimeRange asking() {
        return pieces.isEmpty() ? asked : pieces.getFirst();
    }

    FetchPosition goesOnAt(Position position, SeenPage seen, long freshNow, CountTally now) {
        return new FetchPosition(
                asked,
                slice,
                inPieces,
                pieces,
                position,
                Optional.of(seen),
                freshNow,
                pages + 1,
                now);
    }

    /** What was asked for, the slice or the piece, is read. */
    FetchPosition ends(CountTally now) {
        return pieces.size() > 1
                ? begin(slice, pieces.subList(1, pieces.size()), now)
                : begin(slice + 1, List.of(), now.sliceEnds());
    }

    /** What was asked for is asked for again, in these pieces. */
    FetchPosition splits(List<TimeRange> into, CountTally now) {
        List<TimeRange> all = new ArrayList<>(into);
        all.addAll(pieces.isEmpty() ? pieces : pieces.subList(1, pieces.size()));
        return begin(slice, all, now);
    }

    Checkpoint checkpoint() {
        return new Checkpoint(
                String.join(
                        "\n",
                        FORMAT,
                        asked.toString(),
                        Integer.toString(slice),
                        Boolean.toString(inPieces),
                        pieces.stream().map(TimeRange::toString).collect(Collectors.joining(" ")),
                        next.marker().text(),
                        Boolean.toString(next.afterEmptyPage()),
                        last.map(page -> page.marker().text()).orElse(""),
                        last.map(SeenPage::fingerprint).orElse(""),
                        Long.toString(fresh),
                        Long.toString(pages),
                        counts.doubt().orElse(""),
                        Long.toString(counts.ofSlicesBefore()),
                        Long.toString(counts.ofThisSlice().orElse(-1))));
    }

    /** Empty where it is not what {@link #checkpoint()} writes. */
    static Optional<FetchPosition> of(Checkpoint checkpoint) {
        String[] lines = checkpoint.text().split("\n", -1);
        if (lines.length != LINES || !lines[0].equals(FORMAT)) {
            return Optional.empty();
        }
        try {
            long ofThisSlice = Long.parseLong(lines[13]);
            return Optional.of(
                    new FetchPosition(
                            range(lines[1]),
                            Integer.parseInt(lines[2]),
                            Boolean.parseBoolean(lines[3]),
                            lines[4].isEmpty()
                                    ? List.of()
                                    : Arrays.stream(lines[4].split(" "))
                                            .map(FetchPosition::range)
                                            .toList(),
                            new Position(new Marker(lines[5]), Boolean.parseBoolean(lines[6])),
                            lines[7].isEmpty()
                                    ? Optional.empty()
                                    : Optional.of(new SeenPage(new Marker(lines[7]), lines[8])),
                            Long.parseLong(lines[9]),
                            Long.parseLong(lines[10]),
                            new CountTally(
                                    Optional.of(lines[11]).filter(doubt -> !doubt.isEmpty()),
                                    Long.parseLong(lines[12]),
                                    ofThisSlice < 0
                                            ? OptionalLong.empty()
                                            : OptionalLong.of(ofThisSlice))));
        } catch (IllegalArgumentException | DateTimeException other) {
            return Optional.empty();
        }
    }

    private static TimeRange range(String text) {
        String[] ends = text.split("/");
        if (ends.length != 2) {
            throw new IllegalArgumentException("no range: " + text);
        }
        return new TimeRange(Instant.parse(ends[0]), Instant.parse(ends[1]));
    }
}
