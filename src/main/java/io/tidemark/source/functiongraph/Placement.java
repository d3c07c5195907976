package io.tidemark.source.functiongraph;

/** Says which window a record belongs to that was returned for one. */
interface Placement {
    /** Where nobody asks. */
    Placement HERE = (word, start, end) -> io.tidemark.record.Row.HERE;

    /**
     * {@link io.tidemark.record.Row#place()} of a record.
     *
     * @param word its state, as {@link Invocations} numbers them
     * @param start microseconds; {@link io.tidemark.record.Schema#NO_TIME} where it has none
     * @param end as {@code start}
     */
    int place(int word, long start, long end);
}
