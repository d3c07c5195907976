package io.tidemark.run;

import io.tidemark.ledger.Entry;
import io.tidemark.record.RowReader;
import io.tidemark.record.RowSource;
import io.tidemark.record.Rows;
import io.tidemark.record.Schema;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.sink.Standing;
import io.tidemark.stage.Missing;
import io.tidemark.stage.Ordered;
import io.tidemark.window.Window;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Never fewer: sees to it that publishing a window drops no record that stands in a sink, whoever
 * put it there. The ids that stand are compared, each of them; where they stand in tables only,
 * which never drop rows, the numbers are.
 */
final class Losses {
    private final Window window;
    private final Schema schema;
    private final Optional<Entry.Export> before;
    private final Set<String> wereOpen;
    private final List<Place> places = new ArrayList<>();

    /** What stands in one sink. */
    private record Place(Sink sink, Standing standing) {}

    /**
     * @param before what of the window was exported the last time
     * @param wereOpen the ids of the records of it that were still open
     * @param sinks that it is going to be published to
     */
    Losses(
            Window window,
            Schema schema,
            Optional<Entry.Export> before,
            Set<String> wereOpen,
            List<Sink> sinks)
            throws SinkException {
        this.window = window;
        this.schema = schema;
        this.before = before;
        this.wereOpen = wereOpen;
        for (Sink sink : sinks) {
            sink.standing(window).ifPresent(standing -> places.add(new Place(sink, standing)));
        }
    }

    /** What a sink may replace; empty where nothing stands there. */
    Optional<String> replaceable(Sink sink) {
        return places.stream()
                .filter(place -> place.sink() == sink)
                .map(place -> place.standing().version())
                .findFirst();
    }

    /**
     * The records that must not be lost, to be compared by their ids with those to be published.
     */
    List<RowSource> standing() {
        List<RowSource> sources = new ArrayList<>();
        for (Place place : places) {
            for (Standing.Form form : place.standing().forms()) {
                sources.add(form::open);
            }
        }
        if (places.isEmpty() && !wereOpen.isEmpty()) {
            // nothing else can say which they are: only records that were open can have moved
            sources.add(this::thoseThatWereOpen);
        }
        return sources;
    }

    private RowReader thoseThatWereOpen() {
        Rows ids = new Rows(schema);
        wereOpen.forEach(ids::addId);
        return ids.reader(window.feed().values());
    }

    /**
     * @param ordered what is to be published, compared with {@link #standing()}
     * @param moved how many records that were exported are another window's by now
     * @throws FewerRecords where the window was exported with a record that is in no window now
     * @throws SinkException where a file of somebody else would lose a record
     */
    void refuse(Ordered ordered, int moved) throws FewerRecords, SinkException {
        int next = 0;
        for (Place place : places) {
            int forms = place.standing().forms().size();
            Missing least =
                    ordered.missing().subList(next, next + forms).stream()
                            .min(Comparator.comparingLong(Missing::count))
                            .orElseThrow();
            next += forms;
            if (least.count() > 0) {
                throw refusal(place, least);
            }
        }
        long fewer =
                places.isEmpty() && before.isPresent()
                        ? before.get().records() - ordered.numbers().rows() - moved
                        : 0;
        if (fewer > 0) {
            throw fewer(before.get(), String.format(Locale.ROOT, "%,d", fewer), "");
        }
    }

    /**
     * The same for a window that has no records by now.
     *
     * @throws SinkException where a record stands in a sink
     */
    void refuseAll() throws SinkException {
        for (Place place : places) {
            try (RowReader rows = place.standing().forms().getFirst().open()) {
                if (rows.next()) {
                    throw cannotReplace(place, "at least 1");
                }
            } catch (java.nio.file.FileSystemException unreadable) {
                throw new SinkException(
                        "cannot read what stands in %s: %s"
                                .formatted(place.sink().id(), unreadable),
                        unreadable);
            } catch (IOException damaged) {
                // there is nothing to lose
            }
        }
    }

    private SinkException refusal(Place place, Missing missing) throws FewerRecords {
        String count = String.format(Locale.ROOT, "%,d", missing.count());
        if (before.isPresent()) {
            throw fewer(before.get(), count, missing.ids().getFirst());
        }
        return cannotReplace(place, count);
    }

    private SinkException cannotReplace(Place place, String count) {
        return new SinkException(
                "cannot replace %s: %s of its records are not among those that are to take its place, as when another job or another state writes there. The file stays as it is; give each job a path of its own, or move the file away if it is really to be replaced, then apply again"
                        .formatted(place.standing().place(), count));
    }

    private static FewerRecords fewer(Entry.Export before, String count, String id) {
        return new FewerRecords(
                String.format(
                        Locale.ROOT,
                        "refused: of %,d exported records the source does not list %s any more%s; nothing is dropped. If they are to go, move the window's files away and drop it with `tidemark state forget`",
                        before.records(),
                        count,
                        id.isEmpty() ? "" : ", such as " + id));
    }
}
