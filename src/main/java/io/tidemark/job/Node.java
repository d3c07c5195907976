package io.tidemark.job;

import java.util.List;
import java.util.Map;

/** YAML as a job file uses it: no anchors, no tags, keys are text and unique. */
sealed interface Node {
    Position at();

    /**
     * @param text as written, references not yet replaced
     * @param plain without quotes and not a block, so that {@code 5} is a number
     */
    record Scalar(Position at, String text, boolean plain) implements Node {}

    record Sequence(Position at, List<Node> items) implements Node {}

    record Mapping(Position at, Map<String, Entry> entries) implements Node {}

    /** Stands where something was that has been complained about already. */
    record Refused(Position at) implements Node {}

    record Entry(Position keyAt, Node value) {}

    /** Line and column, from 1. */
    record Position(int line, int column) {
        static final Position START = new Position(1, 1);
    }
}
