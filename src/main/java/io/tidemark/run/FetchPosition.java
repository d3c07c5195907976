package io.tidemark.run;

import io.tidemark.source.Marker;
import io.tidemark.source.Position;
import io.tidemark.window.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.batch.infrastructure.item.ExecutionContext;

/**
 * Where the reading of a window stands: the one copy of the position, saved in the step's execution
 * context in the transaction of the chunk it stands for.
 *
 * @param slice which status is being read, see {@link io.tidemark.source.PageRequest#slices}; the
 *     number of slices once all are read
 * @param pieces the times that are still to be asked for, where paging did not give all of the
 *     slice; the first is being read. Empty while the window is asked for as a whole
 * @param next where its next page is asked for
 * @param last the page before, which is read once more on restart to see that the source still
 *     gives the same; empty at the beginning of a slice or piece
 * @param fresh how many records of the slice or piece were not seen before in it
 * @param counts what the source said there would be
 */
record FetchPosition(
        int slice,
        List<TimeRange> pieces,
        Position next,
        Optional<SeenPage> last,
        long fresh,
        CountTally counts) {
    private static final String SLICE = "slice";
    private static final String PIECES = "pieces";
    private static final String MARKER = "marker";
    private static final String AFTER_EMPTY_PAGE = "after-empty-page";
    private static final String LAST_MARKER = "last-page.marker";
    private static final String LAST_FINGERPRINT = "last-page.fingerprint";
    private static final String FRESH = "fresh";
    private static final String FINISHED = "finished";
    private static final String ASKED = "asked";
    private static final String IN_PIECES = "in-pieces";

    static final FetchPosition START = begin(0, List.of(), CountTally.NOTHING_YET);

    FetchPosition {
        pieces = List.copyOf(pieces);
    }

    /** A page that was read: where, and what was in it. */
    record SeenPage(Marker marker, String fingerprint) {}

    private static FetchPosition begin(int slice, List<TimeRange> pieces, CountTally counts) {
        return new FetchPosition(slice, pieces, Position.START, Optional.empty(), 0, counts);
    }

    FetchPosition goesOnAt(Position position, SeenPage seen, long freshNow, CountTally now) {
        return new FetchPosition(slice, pieces, position, Optional.of(seen), freshNow, now);
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

    void save(ExecutionContext context, boolean finished) {
        context.putInt(SLICE, slice);
        context.putString(
                PIECES, pieces.stream().map(TimeRange::toString).collect(Collectors.joining(" ")));
        context.putString(MARKER, next.marker().toString());
        context.put(AFTER_EMPTY_PAGE, next.afterEmptyPage());
        context.putString(LAST_MARKER, last.map(page -> page.marker().toString()).orElse(""));
        context.putString(LAST_FINGERPRINT, last.map(SeenPage::fingerprint).orElse(""));
        context.putLong(FRESH, fresh);
        context.put(FINISHED, finished);
        counts.save(context);
    }

    /** Saved beside the position: whether all of the window is read in pieces. */
    static void saveInPieces(ExecutionContext context, boolean inPieces) {
        context.put(IN_PIECES, inPieces);
    }

    static boolean inPieces(ExecutionContext context) {
        return Boolean.TRUE.equals(context.get(IN_PIECES));
    }

    /** Saved beside the position: what the window was asked for as a whole. */
    static void saveAsked(ExecutionContext context, TimeRange asked) {
        context.putString(ASKED, asked.toString());
    }

    /**
     * @throws BeginAnew where other times were asked for than would be now: what the source filters
     *     has been found out since, and what was read is not to be judged by that
     */
    static void checkAsked(ExecutionContext context, TimeRange asked) {
        if (!asked.toString().equals(context.get(ASKED))) {
            throw new BeginAnew("what the source filters was not known when this was read");
        }
    }

    /** Empty where nothing was saved; fails where only a part was. */
    static Optional<FetchPosition> load(ExecutionContext context) {
        if (!context.containsKey(SLICE)) {
            return Optional.empty();
        }
        String lastMarker = context.getString(LAST_MARKER);
        return Optional.of(
                new FetchPosition(
                        context.getInt(SLICE),
                        pieces(context.getString(PIECES)),
                        new Position(
                                new Marker(context.getString(MARKER)),
                                (boolean) context.get(AFTER_EMPTY_PAGE)),
                        lastMarker.isEmpty()
                                ? Optional.empty()
                                : Optional.of(
                                        new SeenPage(
                                                new Marker(lastMarker),
                                                context.getString(LAST_FINGERPRINT))),
                        context.getLong(FRESH),
                        CountTally.load(context)));
    }

    static boolean finished(ExecutionContext context) {
        return Boolean.TRUE.equals(context.get(FINISHED));
    }

    private static List<TimeRange> pieces(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(" "))
                        .map(piece -> piece.split("/"))
                        .map(ends -> new TimeRange(Instant.parse(ends[0]), Instant.parse(ends[1])))
                        .toList();
    }
}
