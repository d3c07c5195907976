package io.tidemark.sandbox;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The latest requests. */
final class RequestLog {
    private static final int MOST = 20_000;

    private final Deque<Request> requests = new ArrayDeque<>();

    synchronized void add(Request request) {
        if (requests.size() == MOST) {
            requests.removeFirst();
        }
        requests.addLast(request);
    }

    synchronized List<Request> requests() {
        return List.copyOf(requests);
    }
}
