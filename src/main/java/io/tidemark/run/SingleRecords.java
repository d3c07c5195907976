package io.tidemark.run;

import io.tidemark.invocation.Invocation;
import io.tidemark.invocation.InvocationStatus;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Ledger;
import io.tidemark.source.Answer;
import io.tidemark.source.InvocationSource;
import io.tidemark.source.Normalised;
import io.tidemark.source.Normaliser;
import io.tidemark.source.Page;
import io.tidemark.source.PageRequest;
import io.tidemark.source.RawInvocation;
import io.tidemark.window.FilterMeaning;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Asks for single records by their ids: whether they have changed, and where they belong by now.
 */
record SingleRecords(InvocationSource source, Ledger ledger, FilterMeaning meaning, int pageSize) {

    /**
     * Whether none of them has changed, so that the window need not be read again. Asks only where
     * that costs fewer requests than reading it.
     */
    boolean openOnesAreUnchanged(Window window, Entry.Exported exported, Instant now) {
        long pages = exported.records() / pageSize + 1;
        if (exported.open() == 0 || exported.open() >= pages) {
            return false;
        }
        for (Map.Entry<String, InvocationStatus> open :
                ledger.open(window, exported.generation()).entrySet()) {
            Optional<Invocation> record = ask(window, open.getKey(), now);
            if (record.isEmpty() || record.get().status() != open.getValue()) {
                return false;
            }
        }
        return true;
    }

    /** Whether the source says by now that a record belongs to another window. */
    boolean hasMoved(Window window, String requestId, Instant now) {
        return ask(window, requestId, now)
                .filter(record -> isElsewhere(window, record))
                .isPresent();
    }

    /** Whether it is among what the source lists for the window. */
    boolean isListed(Window window, String requestId) {
        return ask(window, requestId, meaning.asked(window.range())).isPresent();
    }

    private boolean isElsewhere(Window window, Invocation record) {
        return switch (meaning.place(window.range(), record)) {
            case BEFORE, AFTER, FAR_OUTSIDE, CONTRADICTION -> true;
            case INSIDE -> false;
            case TIMELESS ->
                    !isListed(window, record.requestId())
                            || meaning.proven() && isListedBefore(window, record.requestId());
        };
    }

    /** Says nothing where single records may be listed whatever the window. */
    private boolean isListedBefore(Window window, String requestId) {
        return ask(window, requestId, meaning.justBefore(window.range())).isPresent();
    }

    /** Empty where the source does not know it any more, or cannot be asked. */
    private Optional<Invocation> ask(Window window, String requestId, Instant now) {
        Instant end = now.isAfter(window.to()) ? now : window.to();
        return ask(window, requestId, meaning.asked(new TimeRange(window.from(), end)));
    }

    private Optional<Invocation> ask(Window window, String requestId, TimeRange asked) {
        return switch (source.page(PageRequest.single(window.function(), asked, requestId))) {
            case Answer.Failed<Page> failed -> Optional.empty();
            case Answer.Ok<Page>(Page page) ->
                    page.record(requestId).flatMap(record -> normalised(window, record));
        };
    }

    private static Optional<Invocation> normalised(Window window, RawInvocation record) {
        return switch (Normaliser.normalise(record, window.function())) {
            case Normalised.Exported(Invocation invocation) -> Optional.of(invocation);
            case Normalised.Kept kept -> Optional.empty();
        };
    }
}
