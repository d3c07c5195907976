package io.tidemark.stage;

import java.io.IOException;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Several runs read as one; of neighbours that are the same, only the first is given. */
final class Merge<T> implements Cursor<T> {
    private final PriorityQueue<Source<T>> sources;
    private final SortOrder<T> order;
    private @Nullable T last;

    Merge(List<Run<T>> runs, SortOrder<T> order) throws IOException {
        this.sources = new PriorityQueue<>((a, b) -> order.compare(a.head, b.head));
        this.order = order;
        try {
            for (Run<T> run : runs) {
                advance(run.open());
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public @Nullable T next() throws IOException {
        Source<T> least = sources.poll();
        while (least != null) {
            advance(least.rest);
            if (last == null || !order.same(last, least.head.element())) {
                last = least.head.element();
                return last;
            }
            least = sources.poll();
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        for (Source<T> source : sources) {
            source.rest.close();
        }
    }

    private void advance(Cursor<T> rest) throws IOException {
        T head = null;
        try {
            head = rest.next();
        } finally {
            if (head == null) {
                rest.close();
            }
        }
        if (head != null) {
            sources.add(new Source<>(order.keyed(head), rest));
        }
    }

    private record Source<T>(SortOrder.Keyed<T> head, Cursor<T> rest) {}
}
