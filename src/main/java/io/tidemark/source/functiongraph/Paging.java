package io.tidemark.source.functiongraph;

import java.util.Optional;

/**
 * Where a page leads to. Pure; right for every last page the vendor leaves open, and never a loop:
 * it goes on only behind the position it is at, and only while the source gives something new.
 *
 * <p>A slice is one function, one range and one status (or all), read from {@link Marker#START} on.
 * The source's {@code count} has no say in it: it may be absent, a string or the size of the page.
 */
final class Paging {
    private Paging() {}

    /**
     * What to do after a page.
     *
     * @param limit the rows that were asked for
     * @param fullPage the most rows the source ever gave at once, this page included: less than the
     *     limit where the source clamps that
     * @param fresh how many of its records were not seen before in this slice, see {@link SeenIds}
     */
    static Next after(Position position, RawPage page, int limit, int fullPage, int fresh) {
        return after(position, page.size(), page.next(), Math.min(limit, fullPage), fresh);
    }

    static Next after(Position position, int rows, Optional<Marker> next, int fullPage, int fresh) {
        Marker marker = position.marker();
        Optional<Marker> further = next.filter(given -> given.isAfter(marker));
        if (rows == 0) {
            // one gap is followed: a source may filter a page after it has cut it
            return further.isPresent() && !position.afterEmptyPage()
                    ? new Next.At(new Position(further.get(), true))
                    : new Next.End(Next.Reason.EMPTY_PAGE);
        }
        if (fresh == 0) {
            return new Next.End(Next.Reason.NOTHING_NEW);
        }
        if (further.isPresent()) {
            return new Next.At(Position.at(further.get()));
        }
        if (rows < fullPage) {
            return new Next.End(Next.Reason.SHORT_PAGE);
        }
        return marker.plus(rows)
                .<Next>map(at -> new Next.At(Position.at(at)))
                .orElseGet(() ->
                        new Next.Stuck(
                                "The page at marker "
                                        + marker
                                        + " is full, but the source names no next marker"
                                        + " and this one cannot be counted on."));
    }

    /**
     * What to do after a question that was called wrong: a marker behind the first is taken to be
     * past the end, and ends the slice. Empty where the first page was refused: that is a failure.
     */
    static Optional<Next> afterRejection(Position position) {
        return position.marker().isAfter(Marker.START)
                ? Optional.of(new Next.End(Next.Reason.MARKER_REJECTED))
                : Optional.empty();
    }
}
