package io.tidemark.stage;

import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Elements one after the other, read from somewhere. */
interface Cursor<T> extends Closeable {

    /** The next element; null at the end. */
    @Nullable T next() throws IOException;

    static <T> Cursor<T> over(Iterator<T> rest) {
        return new Cursor<>() {
            @Override
            public @Nullable T next() {
                return rest.hasNext() ? rest.next() : null;
            }

            @Override
            public void close() {}
        };
    }
}
