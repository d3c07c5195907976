package io.tidemark.source;

/** Reads a window page by page, and says at the end what is known of the whole. For one thread. */
public interface PageCursor extends AutoCloseable {

    /** The next page; may wait for the source. */
    Fetched next();

    /**
     * To be asked once there is no further page and all of them were staged: the last the source
     * has to say of the window. May ask it questions, and may be repeated after a restart.
     */
    Answer<Ending> end(Staged staged);

    /** Nobody asks it any more. */
    @Override
    void close();
}
