package io.tidemark.stage;

import java.util.Map;
import java.util.Set;

/**
 * What the source said of a window once all of its pages were read.
 *
 * @param elsewhere of rows whose place is in doubt, those that are another window's: id → the
 *     places, a bit each, in which a row with this id is not this window's
 * @param moved records that were exported with the window and are another window's by now
 */
public record Answers(Map<String, Integer> elsewhere, Set<String> moved) {
    public static final Answers NONE = new Answers(Map.of(), Set.of());

    public Answers {
        elsewhere = Map.copyOf(elsewhere);
        moved = Set.copyOf(moved);
    }
}
