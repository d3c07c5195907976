package io.tidemark.sink.store;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;

/**
 * A place for files, each under a name with {@code /} between its parts. What fails comes as an
 * {@link IOException} whose message says, for a person, what happened and where.
 */
public interface Store {

    /**
     * Makes sure, by doing it, that files can be written here. Leaves nothing.
     *
     * @return whether capitals and small letters make different names
     */
    boolean probe() throws IOException;

    /** Empty for a name under which nothing stands. */
    Optional<Stat> stat(String place) throws IOException;

    /**
     * Opens a file to be read.
     *
     * @throws java.nio.file.NoSuchFileException nothing stands there
     * @throws java.nio.file.FileSystemException it cannot be opened
     */
    SeekableByteChannel open(String place) throws IOException;

    /**
     * Begins a file that nobody sees until it is published. Removes what was begun there before.
     */
    Upload begin(String place) throws IOException;

    /** Makes durable what stands there already, whoever put it. */
    void settle(String place) throws IOException;

    /** Durably; nothing happens where nothing stands. */
    void delete(String place) throws IOException;

    /** Where a file is, for a person: an absolute path or a URI. */
    String locate(String place);
}
