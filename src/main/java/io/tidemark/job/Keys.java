package io.tidemark.job;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of one mapping. Each key that is asked for is thereby known; what is left over when
 * everything has been asked for is unknown.
 */
final class Keys {
    private final Value value;
    private final Node.Mapping mapping;
    private final Set<String> known = new LinkedHashSet<>();
    private final List<Missing> missing = new ArrayList<>();
    private boolean sound = true;

    Keys(Value value, Node.Mapping mapping) {
        this.value = value;
        this.mapping = mapping;
    }

    /** What a key holds. There is something to get when nothing was wrong with it. */
    record Key<T>(Optional<T> content) {
        T get() {
            return content.orElseThrow();
        }

        boolean isSound() {
            return content.isPresent();
        }
    }

    /**
     * @param names the keys of which one should be there
     */
    private record Missing(List<String> names, String path, String message, String hint) {}

    /** A key and what it holds, one of several. */
    record Choice<T>(String name, Decoder<? extends T> decoder) {}

    boolean has(String name) {
        known.add(name);
        return mapping.entries().containsKey(name);
    }

    /**
     * @param hint what to write where the key is missing
     */
    <T> Key<T> required(String name, Decoder<T> decoder, String hint) {
        if (has(name)) {
            return decoded(name, decoder);
        }
        missing.add(
                new Missing(List.of(name), Problems.pointer(value.path(), name), "missing", hint));
        return new Key<>(Optional.empty());
    }

    <T> Key<T> optional(String name, Decoder<T> decoder, T fallback) {
        return has(name) ? decoded(name, decoder) : new Key<>(Optional.of(fallback));
    }

    <T> Key<Optional<T>> optional(String name, Decoder<T> decoder) {
        return optional(name, decoder.map(Optional::of), Optional.empty());
    }

    /** Exactly one of the keys. */
    <T> Key<? extends T> oneOf(List<Choice<T>> choices) {
        List<Choice<T>> given = choices.stream().filter(choice -> has(choice.name())).toList();
        if (given.isEmpty()) {
            List<String> names = choices.stream().map(Choice::name).toList();
            String message = "one of " + String.join(", ", names) + " is missing";
            missing.add(new Missing(names, value.path(), message, ""));
            return new Key<>(Optional.empty());
        }
        Choice<T> first = given.getFirst();
        for (Choice<T> other : given.subList(1, given.size())) {
            refuseKey(other.name(), "does not go with " + first.name(), "keep one");
        }
        return decoded(first.name(), first.decoder());
    }

    /** Says that a key, where it is there, does not belong here, though it is known. */
    void refuseKey(String name, String message, String hint) {
        if (has(name)) {
            Node.Entry entry = mapping.entries().get(name);
            complain(entry.keyAt(), Problems.pointer(value.path(), name), message, hint);
        }
    }

    /** Says that what a key holds does not fit the other keys. */
    void refuse(String name, String message, String hint) {
        at(name).refuse(message, hint);
        sound = false;
    }

    /** Says what is unknown and missing. Whether the mapping can be used. */
    boolean complete() {
        Set<String> misspelled = new LinkedHashSet<>();
        mapping.entries()
                .forEach((name, entry) -> {
                    if (!known.contains(name)) {
                        Optional<String> nearest = Nearest.to(name, known);
                        nearest.ifPresent(misspelled::add);
                        complain(
                                entry.keyAt(),
                                Problems.pointer(value.path(), name),
                                "unknown key",
                                nearest.map(Nearest::question)
                                        .orElse("known here: " + String.join(", ", known)));
                    }
                });
        for (Missing one : missing) {
            sound = false;
            if (one.names().stream().noneMatch(misspelled::contains)) {
                complain(mapping.at(), one.path(), one.message(), one.hint());
            }
        }
        return sound;
    }

    private <T> Key<T> decoded(String name, Decoder<T> decoder) {
        Key<T> key = new Key<>(decoder.decode(at(name)));
        sound &= key.isSound();
        return key;
    }

    private Value at(String name) {
        return value.step(name, mapping.entries().get(name).value());
    }

    private void complain(Node.Position at, String path, String message, String hint) {
        value.problems().add(at, path, message, hint);
        sound = false;
    }
}
