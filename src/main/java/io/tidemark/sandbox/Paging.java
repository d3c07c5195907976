package io.tidemark.sandbox;

import io.tidemark.sandbox.Behaviour.Count;
import io.tidemark.sandbox.Behaviour.Depth;
import io.tidemark.sandbox.Behaviour.LastMarker;
import io.tidemark.sandbox.Behaviour.Limit;
import io.tidemark.sandbox.Behaviour.Marker;
import io.tidemark.sandbox.Behaviour.MarkerType;
import io.tidemark.sandbox.Behaviour.PageFill;
import io.tidemark.sandbox.Behaviour.PastEnd;
import java.util.Map;

/** Which rows of a list are a page, and what is said beside them. */
final class Paging {
    private final Behaviour behaviour;
    private final long seed;

    /**
     * Rows of a list.
     *
     * @param marker as it was asked for
     * @param from the position of the first row
     * @param to the position after the last row
     * @param total rows of the whole list
     */
    record Page(long marker, int from, int to, int total) {
        int rows() {
            return to - from;
        }

        private boolean isLast() {
            return to == total;
        }
    }

    Paging(SandboxSettings settings) {
        this.behaviour = settings.behaviour();
        this.seed = settings.data().seed();
    }

    /** As {@code limit} asks for invocations: 100 by default, 500 at most. */
    int limit(Map<String, String> parameters) {
        long limit = number(parameters, "limit", 100);
        if (limit < 1) {
            throw ErrorAnswer.badRequest("limit has to be 1 to 500, not " + limit);
        }
        return switch (behaviour.of(Limit.class)) {
            case CLAMPED_TO_500 -> (int) Math.min(500, limit);
            case CLAMPED_TO_64 -> (int) Math.min(64, limit);
            case REFUSED_ABOVE_500 -> {
                if (limit > 500) {
                    throw ErrorAnswer.badRequest("limit has to be 1 to 500, not " + limit);
                }
                yield (int) limit;
            }
        };
    }

    /** As {@code maxitems} asks for functions: 400 by default and at most. */
    int maxitems(Map<String, String> parameters) {
        long most = number(parameters, "maxitems", 400);
        if (most < 1) {
            throw ErrorAnswer.badRequest("maxitems has to be 1 to 400, not " + most);
        }
        return (int) Math.min(400, most);
    }

    Page page(Map<String, String> parameters, int limit, int total) {
        long marker = number(parameters, "marker", 0);
        if (behaviour.of(Depth.class) == Depth.REFUSED_BEYOND_10000 && marker + limit > 10_000) {
            throw ErrorAnswer.badRequest("marker + limit has to be 10000 at most");
        }
        long from = behaviour.of(Marker.class) == Marker.IGNORED ? 0 : marker;
        if (from > 0 && from >= total) {
            from =
                    switch (behaviour.of(PastEnd.class)) {
                        case EMPTY -> total;
                        case LAST_PAGE_AGAIN -> Math.max(0, total - limit);
                        case REFUSED ->
                                throw ErrorAnswer.badRequest("marker is out of range: " + marker);
                    };
        }
        int first = (int) from;
        int last = Math.min(total, first + limit);
        boolean isShort =
                behaviour.of(PageFill.class) == PageFill.SOME_SHORT
                        && last < total
                        && History.mix(seed + first) % 3 == 0;
        return new Page(marker, first, isShort ? first + (limit + 1) / 2 : last, total);
    }

    /** Writes {@code next_marker} and {@code count}, each with a comma before it. */
    void describe(Page page, Json out) {
        long next = page.marker() + page.rows();
        if (!page.isLast()) {
            nextMarker(out, next);
        } else {
            switch (behaviour.of(LastMarker.class)) {
                case ABSENT -> {}
                case NULL -> out.raw(",\"next_marker\":null");
                case ZERO -> nextMarker(out, 0);
                case SAME -> nextMarker(out, page.marker());
                case PLUS_ROWS -> nextMarker(out, next);
            }
        }
        switch (behaviour.of(Count.class)) {
            case TOTAL -> out.raw(",\"count\":").number(page.total());
            case ABSENT -> {}
            case TEXT -> out.raw(",\"count\":").text(Integer.toString(page.total()));
            case PAGE_ROWS -> out.raw(",\"count\":").number(page.rows());
            case TOO_HIGH -> out.raw(",\"count\":").number(page.total() + 1L);
            case TOO_LOW -> out.raw(",\"count\":").number(Math.max(0, page.total() - 1));
        }
    }

    private void nextMarker(Json out, long marker) {
        out.raw(",\"next_marker\":");
        switch (behaviour.of(MarkerType.class)) {
            case NUMBER -> out.number(marker);
            case TEXT -> out.text(Long.toString(marker));
        }
    }

    private static long number(Map<String, String> parameters, String name, long otherwise) {
        String text = parameters.get(name);
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,15}")) {
            throw ErrorAnswer.badRequest(name + " is no number: " + text);
        }
        return Long.parseLong(text);
    }
}
