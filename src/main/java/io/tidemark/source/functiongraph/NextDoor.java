package io.tidemark.source.functiongraph;

import io.tidemark.source.Answer;
import io.tidemark.source.Failure;
import io.tidemark.source.http.Outcome;
import io.tidemark.source.http.Trouble;
import io.tidemark.window.TimeRange;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The records that a neighbour of a window lists as well; what some seconds hold fits in memory.
 */
record NextDoor(Api api, FunctionUrn function, int pageSize) {

    /**
     * @param asked what both windows are asked for, see {@link FilterMeaning#justBefore}
     */
    Answer<Set<String>> ids(TimeRange asked) {
        Set<String> found = new HashSet<>();
        SeenIds seen = new SeenIds();
        PageRequest first = PageRequest.first(function, asked, pageSize);
        Position at = Position.START;
        while (true) {
            switch (api.page(first.at(at.marker()))) {
                case Outcome.Failed<RawPage>(Trouble trouble) -> {
                    boolean isEnd =
                            trouble.kind() == Trouble.Kind.REJECTED
                                    && Paging.afterRejection(at).isPresent();
                    return isEnd ? new Answer.Ok<>(found) : new Answer.Failed<>(trouble.failure());
                }
                case Outcome.Ok<RawPage>(RawPage page) -> {
                    for (int i = 0; i < page.size(); i++) {
                        Optional.ofNullable(page.requestId(i)).ifPresent(found::add);
                    }
                    switch (Paging.after(at, page, pageSize, api.fullPage(), seen.add(page))) {
                        case Next.At(Position further) -> at = further;
                        case Next.End end -> {
                            return new Answer.Ok<>(found);
                        }
                        case Next.Stuck(String reason) -> {
                            return new Answer.Failed<>(new Failure(Failure.Reach.WINDOW, reason));
                        }
                    }
                }
            }
        }
    }
}
