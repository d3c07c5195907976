package io.tidemark.sink;

import io.tidemark.invocation.Invocation;
import io.tidemark.window.Window;
import java.util.Iterator;

/**
 * A place where windows land. Several windows may be published at once from different threads.
 *
 * <p>A window appears at once or not at all, and publishing it again replaces it, so that whoever
 * publishes can simply repeat after a crash.
 */
public interface Sink extends AutoCloseable {

    /** {@link io.tidemark.spec.SinkSpec#id()} of what it was opened from. */
    String id();

    /**
     * Finds out whether windows could be published here, and leaves everything as it was: nothing
     * is created, nothing is altered.
     *
     * @throws SinkException what stands in the way and what to do
     */
    void check() throws SinkException;

    /**
     * Makes the window stand here, durably, with exactly these records, in this order. In a table,
     * where windows have no borders, that means: none of them is missing or older than what is
     * given; rows are never deleted.
     *
     * @param generation which reading of the window this is; 1 for the first
     * @param records in {@link Invocation#SINK_ORDER}, each request id once, all of the window's
     *     function. What it throws, such as {@link java.io.UncheckedIOException}, comes out as it
     *     is, and the window is as it was before. Empty: the window stands here as a receipt with
     *     no rows, and files have none
     * @throws SinkException what went wrong and what to do; the window is as it was before
     */
    Receipt publish(Window window, int generation, Iterator<Invocation> records)
            throws SinkException;

    @Override
    void close();
}
