package io.tidemark.sink.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** A file on its way into a store; closed without being published, it never was. */
public interface Upload extends Closeable {
    /** Where its bytes go. */
    OutputStream out();

    /**
     * Gives it its name, durably and at once, in place of what stands there.
     *
     * @param standing {@link Stat#version()} of what it may replace; empty for nothing
     * @return empty where something else stands there: nothing was replaced
     */
    Optional<Stat> publish(Optional<String> standing) throws IOException;
}
