package io.tidemark.source;

/** What a cursor gives when it is asked for more. */
public sealed interface Fetched {

    record Read(Page page) implements Fetched {}

    /** All pages were read: see {@link PageCursor#end}. */
    record End() implements Fetched {}

    record Failed(Failure failure) implements Fetched {}
}
