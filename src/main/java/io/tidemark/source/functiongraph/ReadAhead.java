package io.tidemark.source.functiongraph;

import io.tidemark.source.Failure;
import io.tidemark.source.http.Outcome;
import io.tidemark.source.http.Trouble;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Asks for pages before the page in front of them has answered: a marker is an offset, so that it
 * can be told in advance. Never with a single connection. One for a source; each window has a
 * {@link Queue}.
 */
final class ReadAhead implements AutoCloseable {
    /** Nobody knows how much larger pages will be: of those, one at a time. */
    private static final long LARGE = 1 << 20;

    /** While as many are in flight, as many may have come and wait to be taken. */
    private static final int KEPT_PER_CONNECTION = 2;

    private final Api api;
    private final int connections;
    private final Semaphore kept;
    private final ThreadPoolExecutor askers;
    private final AtomicReference<@Nullable Outcome<RawPage>> end = new AtomicReference<>();

    /**
     * @param connections requests in flight at most
     */
    ReadAhead(Api api, int connections) {
        this.api = api;
        this.connections = connections;
        this.kept = new Semaphore(KEPT_PER_CONNECTION * connections);
        this.askers =
                new ThreadPoolExecutor(
                        connections,
                        connections,
                        1,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        task -> {
                            Thread thread = new Thread(task, "read-ahead");
                            thread.setDaemon(true);
                            return thread;
                        });
        askers.allowCoreThreadTimeOut(true);
    }

    Queue queue() {
        return new Queue();
    }

    /** After a failure that ends the run, nothing is asked any more. */
    private Outcome<RawPage> ask(PageRequest request) {
        Outcome<RawPage> ended = end.get();
        if (ended != null) {
            return ended;
        }
        Outcome<RawPage> answer = api.page(request);
        if (answer instanceof Outcome.Failed<RawPage>(Trouble trouble)
                && trouble.reach() == Failure.Reach.RUN
                && trouble.kind() != Trouble.Kind.STOPPED) { // it was dropped
            end.set(answer);
        }
        return answer;
    }

    /** What is in flight ends as it ends. */
    @Override
    public void close() {
        askers.shutdown();
    }

    /** A page that was asked for; it is kept until it is taken or dropped. */
    private record Ahead(PageRequest request, Future<Outcome<RawPage>> answer) {}

    /** The pages of one window that were asked for, in their order. For one thread. */
    final class Queue {
        private final Deque<Ahead> asked = new ArrayDeque<>();
        private int confirmed;

        /** The page, which may have been asked for by now. */
        Outcome<RawPage> page(PageRequest request) {
            Ahead first = asked.peek();
            if (first != null && first.request.equals(request)) {
                confirmed++;
                return take(asked.remove());
            }
            drop();
            return api.page(request);
        }

        private Outcome<RawPage> take(Ahead ahead) {
            try {
                return ahead.answer.get();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return api.page(ahead.request); // which fails as all that is interrupted does
            } catch (ExecutionException | CancellationException unexpected) {
                throw new IllegalStateException(unexpected);
            } finally {
                kept.release();
            }
        }

        /**
         * A full page was read: asks for those that are likely to follow.
         *
         * @param next the one behind it
         * @param page what was read
         * @param total how many records the source says there are; empty where it does not
         */
        void expect(PageRequest next, RawPage page, OptionalLong total) {
            if (connections == 1 || page.bytes() > LARGE) {
                return;
            }
            long likely = likely(next.marker(), page.size(), total) - asked.size();
            Ahead last = asked.peekLast();
            PageRequest request = last == null ? next : following(last.request, page.size());
            while (request != null && likely-- > 0) {
                if (!kept.tryAcquire()) {
                    return;
                }
                PageRequest asking = request;
                asked.add(new Ahead(asking, askers.submit(() -> ask(asking))));
                request = following(request, page.size());
            }
        }

        /** How many pages are left to be asked for. */
        private long likely(Marker next, int rows, OptionalLong total) {
            OptionalLong at = next.offset();
            if (at.isEmpty()) {
                return 0;
            }
            return total.isPresent() && total.getAsLong() >= at.getAsLong()
                    ? (total.getAsLong() - at.getAsLong() + rows - 1) / rows
                    : Math.min(1L << Math.min(confirmed, 10), connections);
        }

        private @Nullable PageRequest following(PageRequest request, int rows) {
            return request.marker().plus(rows).map(request::at).orElse(null);
        }

        /** Nobody wants what was asked for: the source goes on somewhere else, or not at all. */
        void drop() {
            confirmed = 0;
            for (Ahead ahead : asked) {
                ahead.answer.cancel(true);
                kept.release();
            }
            asked.clear();
        }
    }
}
