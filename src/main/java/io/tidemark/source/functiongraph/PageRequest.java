package io.tidemark.source.functiongraph;

import io.tidemark.window.TimeRange;
import java.util.List;
import java.util.Optional;

/**
 * The question for one page.
 *
 * @param asked the times to send, whole seconds: see {@link FilterMeaning#asked}. Whether the
 *     source takes its ends as in or out is not documented
 * @param status only records in this status, by the source's word; empty for all
 * @param limit rows wanted at most, at least 1; the source may give fewer
 * @param requestId only the record with this id; empty for all
 */
record PageRequest(
        FunctionUrn function,
        TimeRange asked,
        Optional<String> status,
        Marker marker,
        int limit,
        Optional<String> requestId) {
    public PageRequest {
        if (asked.from().getNano() != 0 || asked.to().getNano() != 0) {
            throw new IllegalArgumentException("the source takes whole seconds: " + asked);
        }
        if (limit < 1) {
            throw new IllegalArgumentException("a page of " + limit + " rows");
        }
    }

    /** For the first page of all that a function lists between these times, in whatever status. */
    static PageRequest first(FunctionUrn function, TimeRange asked, int limit) {
        return new PageRequest(
                function, asked, Optional.empty(), Marker.START, limit, Optional.empty());
    }

    /**
     * For one record, which is listed where its time is between these; see {@link RawPage#indexOf}.
     */
    static PageRequest single(FunctionUrn function, TimeRange asked, String requestId) {
        return new PageRequest(
                function, asked, Optional.empty(), Marker.START, 1, Optional.of(requestId));
    }

    /** The same question, one page further. */
    PageRequest at(Marker next) {
        return new PageRequest(function, asked, status, next, limit, requestId);
    }

    /**
     * The statuses to ask for one after the other, so that only {@code statuses} are seen; a single
     * empty one where all are wanted.
     *
     * @param statuses in the order an invocation goes through them: one that moves on while they
     *     are read is then seen twice rather than never
     */
    static List<Optional<String>> slices(List<String> statuses) {
        return statuses.isEmpty()
                ? List.of(Optional.empty())
                : statuses.stream().map(Optional::of).toList();
    }
}
