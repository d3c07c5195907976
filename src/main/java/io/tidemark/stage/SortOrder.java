package io.tidemark.stage;

import java.util.Comparator;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * In which order elements leave a sort, and which of them are the same.
 *
 * @param key decides first: computed once for each element and quick to compare
 * @param amongEqualKeys decides where keys are equal
 * @param identity elements with equal ones are the same thing; the order puts them next to each
 *     other, and of those only the first one stays
 */
record SortOrder<T>(
        ToLongFunction<? super T> key,
        Comparator<? super T> amongEqualKeys,
        Function<? super T, ?> identity) {

    Keyed<T> keyed(T element) {
        return new Keyed<>(key.applyAsLong(element), element);
    }

    int compare(Keyed<T> a, Keyed<T> b) {
        return a.key != b.key
                ? Long.compare(a.key, b.key)
                : amongEqualKeys.compare(a.element, b.element);
    }

    boolean same(T a, T b) {
        return identity.apply(a).equals(identity.apply(b));
    }

    /** An element and its key. */
    record Keyed<T>(long key, T element) {}
}
