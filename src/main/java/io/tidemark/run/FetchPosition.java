package io.tidemark.run;

import io.tidemark.source.Marker;
import io.tidemark.source.Position;
import java.util.Optional;
import org.springframework.batch.infrastructure.item.ExecutionContext;

/**
 * Where the reading of a window stands: the one copy of the position, saved in the step's execution
 * context in the transaction of the chunk it stands for.
 *
 * @param slice which status is being read, see {@link io.tidemark.source.PageRequest#slices}; the
 *     number of slices once all are read
 * @param next where its next page is asked for
 * @param last the page before, which is read once more on restart to see that the source still
 *     gives the same; empty at the beginning of a slice
 * @param counts what the source said there would be
 */
record FetchPosition(int slice, Position next, Optional<SeenPage> last, CountTally counts) {
    private static final String SLICE = "slice";
    private static final String MARKER = "marker";
    private static final String AFTER_EMPTY_PAGE = "after-empty-page";
    private static final String LAST_MARKER = "last-page.marker";
    private static final String LAST_FINGERPRINT = "last-page.fingerprint";
    private static final String FINISHED = "finished";

    static final FetchPosition START =
            new FetchPosition(0, Position.START, Optional.empty(), CountTally.NOTHING_YET);

    /** A page that was read: where, and what was in it. */
    record SeenPage(Marker marker, String fingerprint) {}

    FetchPosition goesOnAt(Position position, SeenPage seen, CountTally now) {
        return new FetchPosition(slice, position, Optional.of(seen), now);
    }

    FetchPosition sliceEnds(CountTally now) {
        return new FetchPosition(slice + 1, Position.START, Optional.empty(), now.sliceEnds());
    }

    void save(ExecutionContext context, boolean finished) {
        context.putInt(SLICE, slice);
        context.putString(MARKER, next.marker().toString());
        context.put(AFTER_EMPTY_PAGE, next.afterEmptyPage());
        context.putString(LAST_MARKER, last.map(page -> page.marker().toString()).orElse(""));
        context.putString(LAST_FINGERPRINT, last.map(SeenPage::fingerprint).orElse(""));
        context.put(FINISHED, finished);
        counts.save(context);
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
                        new Position(
                                new Marker(context.getString(MARKER)),
                                (boolean) context.get(AFTER_EMPTY_PAGE)),
                        lastMarker.isEmpty()
                                ? Optional.empty()
                                : Optional.of(
                                        new SeenPage(
                                                new Marker(lastMarker),
                                                context.getString(LAST_FINGERPRINT))),
                        CountTally.load(context)));
    }

    static boolean finished(ExecutionContext context) {
        return Boolean.TRUE.equals(context.get(FINISHED));
    }
}
