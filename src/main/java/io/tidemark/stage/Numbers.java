package io.tidemark.stage;

/**
 * What a window comes to.
 *
 * @param returned distinct ids of all that was staged, whether it belongs to the window or not
 * @param rows of these, the records of the window
 * @param open of the window's records, those that are still going to change
 * @param rejected distinct records that could not be normalised
 * @param byPlace of the window's records, how many have each {@link io.tidemark.record.Row#place()}
 */
public record Numbers(long returned, long rows, long open, long rejected, long[] byPlace) {}
