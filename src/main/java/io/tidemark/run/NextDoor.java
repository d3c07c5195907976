package io.tidemark.run;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.source.Answer;
import io.tidemark.source.Failure;
import io.tidemark.source.InvocationSource;
import io.tidemark.source.Next;
import io.tidemark.source.Page;
import io.tidemark.source.PageRequest;
import io.tidemark.source.Paging;
import io.tidemark.source.Position;
import io.tidemark.source.SeenIds;
import io.tidemark.window.TimeRange;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The records that the window before or after lists as well. Asked for when the first record is met
 * that may belong there; what two or three seconds hold fits in memory.
 */
final class NextDoor {
    private final InvocationSource source;
    private final FunctionUrn function;
    private final TimeRange asked;
    private final int pageSize;
    private @Nullable Set<String> ids;

    /**
     * @param asked what both windows are asked for, see {@link
     *     io.tidemark.window.FilterMeaning#justBefore}
     */
    NextDoor(InvocationSource source, FunctionUrn function, TimeRange asked, int pageSize) {
        this.source = source;
        this.function = function;
        this.asked = asked;
        this.pageSize = pageSize;
    }

    /**
     * @throws SourceFailed where the source cannot be asked
     */
    boolean lists(String requestId) {
        if (ids == null) {
            ids = ask();
        }
        return ids.contains(requestId);
    }

    private Set<String> ask() {
        Set<String> found = new HashSet<>();
        SeenIds seen = new SeenIds();
        Optional<Position> at = Optional.of(Position.START);
        PageRequest first = PageRequest.first(function, asked, pageSize);
        while (at.isPresent()) {
            at =
                    switch (source.page(first.at(at.get().marker()))) {
                        case Answer.Ok<Page>(Page page) -> {
                            page.records().stream()
                                    .map(record -> record.requestId())
                                    .filter(id -> id != null)
                                    .forEach(found::add);
                            yield next(at.get(), page, seen.add(page));
                        }
                        case Answer.Failed<Page>(Failure failure) -> {
                            if (failure instanceof Failure.Rejected
                                    && Paging.afterRejection(at.get()).isPresent()) {
                                yield Optional.empty();
                            }
                            throw new SourceFailed(failure);
                        }
                    };
        }
        return found;
    }

    private Optional<Position> next(Position at, Page page, int fresh) {
        return switch (Paging.after(at, page, pageSize, fresh)) {
            case Next.At(Position position) -> Optional.of(position);
            case Next.End end -> Optional.empty();
            case Next.Stuck(String reason) -> throw new SourceFailed(reason);
        };
    }
}
