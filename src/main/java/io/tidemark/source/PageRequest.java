package io.tidemark.source;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.invocation.InvocationStatus;
import io.tidemark.window.TimeRange;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The question for one page.
 *
 * @param asked the times to send, whole seconds: see {@link
 *     io.tidemark.window.FilterMeaning#asked}. Whether the source takes its ends as in or out is
 *     not documented
 * @param status only records in this status; empty for all. Never {@code UNKNOWN}
 * @param limit rows wanted at most, at least 1; the source may give fewer
 * @param requestId only the record with this id; empty for all
 */
public record PageRequest(
        FunctionUrn function,
        TimeRange asked,
        Optional<InvocationStatus> status,
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
        if (status.isPresent() && status.get().sourceWord() == null) {
            throw new IllegalArgumentException("the source has no word for " + status.get());
        }
    }

    /** For the first page of all that a function lists between these times, in whatever status. */
    public static PageRequest first(FunctionUrn function, TimeRange asked, int limit) {
        return new PageRequest(
                function, asked, Optional.empty(), Marker.START, limit, Optional.empty());
    }

    /** For one record, which is listed where its time is between these; see {@link Page#record}. */
    public static PageRequest single(FunctionUrn function, TimeRange asked, String requestId) {
        return new PageRequest(
                function, asked, Optional.empty(), Marker.START, 1, Optional.of(requestId));
    }

    /** The same question, one page further. */
    public PageRequest at(Marker next) {
        return new PageRequest(function, asked, status, next, limit, requestId);
    }

    /**
     * The statuses to ask for one after the other, so that only {@code statuses} are seen; a single
     * empty one where all are wanted. In the order an invocation goes through them: one that moves
     * on while they are read is then seen twice rather than never.
     */
    public static List<Optional<InvocationStatus>> slices(Set<InvocationStatus> statuses) {
        return statuses.isEmpty()
                ? List.of(Optional.empty())
                : statuses.stream().sorted().map(Optional::of).toList();
    }
}
