package io.tidemark.sink;

import io.tidemark.invocation.Invocation;
import java.io.Closeable;
import java.util.Iterator;

/**
 * The records of a window as they stand in a sink, in {@link Invocation#SINK_ORDER}, one at a time
 * in the heap.
 *
 * <p>What keeps it from going on comes as an {@link java.io.UncheckedIOException}, from {@code
 * hasNext} and from {@code next}.
 */
public interface InvocationReader extends Closeable, Iterator<Invocation> {}
