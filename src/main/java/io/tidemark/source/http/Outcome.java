package io.tidemark.source.http;

import io.tidemark.source.Answer;
import java.util.function.Function;

/** What became of a question: a value, or the trouble it ran into. */
public sealed interface Outcome<T> {

    record Ok<T>(T value) implements Outcome<T> {}

    record Failed<T>(Trouble trouble) implements Outcome<T> {}

    default <R> Outcome<R> map(Function<? super T, ? extends R> change) {
        return switch (this) {
            case Ok<T>(T value) -> new Ok<>(change.apply(value));
            case Failed<T>(Trouble trouble) -> new Failed<>(trouble);
        };
    }

    /** The same for those who need not know what kind of trouble it was. */
    default Answer<T> answer() {
        return switch (this) {
            case Ok<T>(T value) -> new Answer.Ok<>(value);
            case Failed<T>(Trouble trouble) -> new Answer.Failed<>(trouble.failure());
        };
    }
}
