package io.tidemark.sink;

import io.tidemark.invocation.Invocation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Iterator;

/** How records become the bytes of one file; the only thing in which two kinds of file differ. */
interface RecordFormat {

    /** What the names of its files end in, without the dot. */
    String extension();

    /**
     * Writes a whole file, the same bytes for the same records, and leaves {@code out} open.
     *
     * @return how many records were written
     * @throws IOException thrown by {@code out}
     * @throws SinkException a record that the format cannot hold
     */
    long write(Iterator<Invocation> records, OutputStream out) throws IOException, SinkException;

    /**
     * Counts the records of a file, whoever wrote it.
     *
     * @throws java.nio.file.FileSystemException it cannot be opened
     * @throws IOException it cannot be read as a file of this format; the message says why, for a
     *     person who knows which file it is
     */
    long count(Path file) throws IOException;

    /**
     * Opens a file that {@link #write} wrote. What it gives is what was written, with times cut to
     * microseconds.
     *
     * @throws IOException as {@link #count}
     */
    InvocationReader read(Path file) throws IOException;
}
