package io.tidemark.source;

import java.util.function.Function;

/** What became of a question to the source: a value, or the reason why there is none. */
public sealed interface Answer<T> {

    record Ok<T>(T value) implements Answer<T> {}

    record Failed<T>(Failure failure) implements Answer<T> {}

    default <R> Answer<R> map(Function<? super T, ? extends R> change) {
        return switch (this) {
            case Ok<T>(T value) -> new Ok<>(change.apply(value));
            case Failed<T>(Failure failure) -> new Failed<>(failure);
        };
    }
}
