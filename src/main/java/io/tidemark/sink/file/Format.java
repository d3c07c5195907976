package io.tidemark.sink.file;

import io.tidemark.record.RowReader;
import io.tidemark.window.Feed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;

/** How rows become the bytes of one file; the only thing in which two kinds of file differ. */
interface Format {

    /** What the names of its files end in, without the dot. */
    String extension();

    /**
     * Writes a whole file, the same bytes for the same rows, and leaves {@code out} open.
     *
     * @return how many rows were written
     * @throws IOException thrown by {@code out} or by the rows
     */
    long write(RowReader rows, OutputStream out) throws IOException;

    /**
     * Counts the records of a file, whoever wrote it.
     *
     * @param file closed by the caller
     * @throws IOException it cannot be read as a file of this format; the message says why, for a
     *     person who knows which file it is
     */
    long count(SeekableByteChannel file) throws IOException;

    /**
     * Reads a file that {@link #write} wrote, as the rows it was given.
     *
     * @param file closed with the reader, or when this fails
     * @param feed whose rows they are: the feed's own fields are not read
     * @throws IOException as {@link #count}, also from the reader
     */
    RowReader read(SeekableByteChannel file, Feed feed) throws IOException;

    /**
     * Which feed the file says it is of: the value of its first column in the first row.
     *
     * @param file closed by the caller
     * @return null where there is no row
     * @throws IOException as {@link #count}
     */
    @org.jspecify.annotations.Nullable
    String owner(SeekableByteChannel file) throws IOException;
}
