package io.tidemark.source.functiongraph;

/**
 * Where the next page of a slice is asked for. To resume, the marker alone is enough: {@link
 * #at(Marker)}.
 *
 * @param afterEmptyPage whether the page before was empty, so that a second empty page is the end
 */
record Position(Marker marker, boolean afterEmptyPage) {
    public static final Position START = at(Marker.START);

    public static Position at(Marker marker) {
        return new Position(marker, false);
    }
}
