package io.tidemark.source.functiongraph;

import io.tidemark.record.Row;
import io.tidemark.record.Rows;
import io.tidemark.source.http.Outcome;
import io.tidemark.source.http.Trouble;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks for single records by their ids: whether they have changed, and where they belong by now.
 *
 * @param clock until when a record may have moved
 */
record SingleRecords(Api api, FilterMeaning meaning, int pageSize, InstantSource clock) {

    /** See {@link io.tidemark.source.Source#unchanged}. */
    boolean areUnchanged(Window window, long records, Map<String, String> open) {
        long pages = records / pageSize + 1;
        if (open.isEmpty() || open.size() >= pages) {
            return false;
        }
        for (Map.Entry<String, String> one : open.entrySet()) {
            Optional<Row> record = ask(window, one.getKey());
            if (record.isEmpty() || !isIn(record.get(), one.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** False where it cannot be told: of unknown words it is not known which one it was. */
    private static boolean isIn(Row record, String state) {
        return record.word() != Invocations.UNKNOWN
                && Invocations.SCHEMA.words().get(record.word()).text().equals(state);
    }

    /** Whether the source says by now that a record belongs to another window. */
    boolean hasMoved(Window window, String requestId) {
        return ask(window, requestId).filter(record -> isElsewhere(window, record)).isPresent();
    }

    /** Whether it is among what the source lists for the window. */
    Outcome<Boolean> isListed(Window window, String requestId) {
        TimeRange asked = meaning.asked(window.range());
        return api.page(PageRequest.single(FunctionUrn.of(window.feed()), asked, requestId))
                .map(page -> page.indexOf(requestId) >= 0);
    }

    private boolean isElsewhere(Window window, Row record) {
        int place =
                new WindowPlacement(meaning, window.range(), List.of())
                        .place(
                                record.word(),
                                record.number(Invocations.START_TIME),
                                record.isNull(Invocations.END_TIME)
                                        ? io.tidemark.record.Schema.NO_TIME
                                        : record.number(Invocations.END_TIME));
        return switch (place) {
            case Row.HERE -> false;
            case WindowPlacement.TIMELESS ->
                    isListed(window, record.id()) instanceof Outcome.Ok<Boolean>(Boolean listed)
                            && (!listed || meaning.proven() && isListedBefore(window, record.id()));
            default -> true;
        };
    }

    /** Says nothing where single records may be listed whatever the window. */
    private boolean isListedBefore(Window window, String requestId) {
        return ask(window, requestId, meaning.justBefore(window.range())).isPresent();
    }

    /** Empty where the source does not know it any more, or cannot be asked. */
    private Optional<Row> ask(Window window, String requestId) {
        Instant now = clock.instant();
        Instant end = now.isAfter(window.to()) ? now : window.to();
        return ask(window, requestId, meaning.asked(new TimeRange(window.from(), end)));
    }

    private Optional<Row> ask(Window window, String requestId, TimeRange asked) {
        FunctionUrn function = FunctionUrn.of(window.feed());
        return switch (api.page(PageRequest.single(function, asked, requestId))) {
            case Outcome.Failed<RawPage>(Trouble trouble) -> Optional.empty();
            case Outcome.Ok<RawPage>(RawPage page) -> row(window, page, page.indexOf(requestId));
        };
    }

    private static Optional<Row> row(Window window, RawPage page, int record) {
        Rows rows = new Rows(Invocations.SCHEMA);
        if (record < 0 || new Normaliser(page, Placement.HERE, rows).normalise(record) != null) {
            return Optional.empty();
        }
        return Optional.of(new Row(Invocations.SCHEMA, window.feed().values()).at(rows.data(), 0));
    }
}
