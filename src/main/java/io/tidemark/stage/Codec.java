package io.tidemark.stage;

/** How one kind of element is written into frames, and what it weighs in the heap. */
interface Codec<T> {
    /** Marks the frames that hold such elements. */
    FrameKind kind();

    void write(T element, FrameBuffer to);

    T read(FrameBuffer from);

    /** Bytes of heap that the element takes while it is sorted; estimated, rather too many. */
    long weight(T element);

    /** The same for a text: an object, an array, and two bytes for each character. */
    static long weight(String text) {
        return 48 + 2L * text.length();
    }
}
