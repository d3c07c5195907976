package io.tidemark.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Elements in order, which can be read any number of times. */
sealed interface Run<T> {
    Cursor<T> open() throws IOException;

    void delete() throws IOException;

    record InMemory<T>(List<SortOrder.Keyed<T>> elements) implements Run<T> {
        @Override
        public Cursor<T> open() {
            return Cursor.over(elements.stream().map(SortOrder.Keyed::element).iterator());
        }

        @Override
        public void delete() {}
    }

    record InFile<T>(Path file, long length, Codec<T> codec) implements Run<T> {
        @Override
        public Cursor<T> open() throws IOException {
            FrameReader frames = new FrameReader(file, length);
            return new Cursor<>() {
                @Override
                public @Nullable T next() throws IOException {
                    return frames.frame().hasMore() || frames.next()
                            ? codec.read(frames.frame())
                            : null;
                }

                @Override
                public void close() throws IOException {
                    frames.close();
                }
            };
        }

        @Override
        public void delete() throws IOException {
            Files.deleteIfExists(file);
        }
    }
}
