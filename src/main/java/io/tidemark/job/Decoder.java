package io.tidemark.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Reads a {@code T} out of a {@link Value}. Empty means that at least one problem has been
 * reported; a decoder goes on after the first, so that a file's problems come out all at once.
 */
@FunctionalInterface
interface Decoder<T> {
    Pattern WHOLE = Pattern.compile("[-+]?[0-9]+");
    Pattern DECIMAL = Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)");
    Pattern TRUE_OR_FALSE = Pattern.compile("true|false");
    String HOW_SECRETS_ARE_WRITTEN = "write ${NAME} or ${file:/run/secrets/NAME}";

    Optional<T> decode(Value value);

    /** Text that is not empty and stands on one line. */
    static Decoder<String> text() {
        Decoder<String> anyText =
                value ->
                        value.node() instanceof Node.Scalar scalar && Value.isText(scalar)
                                ? value.resolve(scalar)
                                : value.refuseAsNo("text", "put text in quotes: \"...\"");
        return anyText.where(text -> !text.isEmpty(), "is empty", "")
                .where(Decoder::isPrintable, "holds a control character or a line break", "");
    }

    static Decoder<Long> wholeNumber() {
        return wholeNumber("a whole number", Long.MIN_VALUE, Long.MAX_VALUE);
    }

    static Decoder<Long> wholeNumberFrom(long least) {
        return wholeNumber("a whole number, at least " + least, least, Long.MAX_VALUE);
    }

    /** Both ends are allowed. */
    static Decoder<Long> wholeNumber(long least, long most) {
        return wholeNumber("a whole number from " + least + " to " + most, least, most);
    }

    private static Decoder<Long> wholeNumber(String expected, long least, long most) {
        return plain(WHOLE, expected)
                .read(Decoder::toLong, "is not " + expected, "")
                .where(number -> least <= number && number <= most, "is not " + expected, "");
    }

    static Decoder<Double> positiveNumber() {
        return plain(DECIMAL, "a number above 0")
                .map(Double::valueOf)
                .where(
                        number -> number > 0 && Double.isFinite(number),
                        "is not a number above 0",
                        "");
    }

    static Decoder<Boolean> trueOrFalse() {
        return plain(TRUE_OR_FALSE, "true or false").map(Boolean::valueOf);
    }

    /** One of a few words. */
    static <T> Decoder<T> word(List<T> values, Function<? super T, String> word) {
        List<String> words = values.stream().<String>map(word).toList();
        return text().read(
                        text -> values.stream().filter(v -> word.apply(v).equals(text)).findFirst(),
                        "is not one of " + String.join(", ", words),
                        text -> Nearest.to(text, words).map(Nearest::question).orElse(""));
    }

    /** A plain scalar, or one with references: those need quotes where YAML is written inline. */
    private static Decoder<String> plain(Pattern shape, String expected) {
        Decoder<String> scalars =
                value ->
                        value.node() instanceof Node.Scalar scalar
                                        && !value.isNothing()
                                        && (scalar.plain() || Reference.isIn(scalar.text()))
                                ? value.resolve(scalar)
                                : value.refuseAsNo(expected, "without quotes");
        return scalars.where(text -> shape.matcher(text).matches(), "is not " + expected, "");
    }

    /**
     * A reference and nothing else, so that no secret stands in a job file, in version control or
     * in a message.
     */
    static Decoder<Secret> secret() {
        Decoder<String> references =
                value -> {
                    if (!(value.node() instanceof Node.Scalar scalar) || value.isNothing()) {
                        return value.refuseAsNo("a reference to a secret", HOW_SECRETS_ARE_WRITTEN);
                    }
                    return Reference.isAllOf(scalar.text())
                            ? value.resolve(scalar)
                            : value.refuse(
                                    "a secret must be a reference, without a default and without"
                                            + " text beside it",
                                    HOW_SECRETS_ARE_WRITTEN);
                };
        return references
                .where(text -> !text.isEmpty(), "is empty", "")
                .where(Decoder::isPrintable, "holds a control character or a line break", "")
                .map(Secret::of);
    }

    /** At least one, no two the same. */
    static <T> Decoder<List<T>> list(Decoder<T> item, String example) {
        return list(item, Function.identity(), "the same as", example);
    }

    /**
     * @param identity what no two items may have in common
     * @param sameness says that they have, before the place of the first
     */
    static <T> Decoder<List<T>> list(
            Decoder<T> item, Function<? super T, ?> identity, String sameness, String example) {
        return value -> {
            if (!(value.node() instanceof Node.Sequence sequence)) {
                return value.refuseAsNo("a list", example);
            }
            if (sequence.items().isEmpty()) {
                return value.refuse("the list is empty", example);
            }
            List<T> items = new ArrayList<>();
            Map<Object, Value> seen = new HashMap<>();
            for (int i = 0; i < sequence.items().size(); i++) {
                Value here = value.step(String.valueOf(i), sequence.items().get(i));
                item.decode(here)
                        .filter(decoded -> isFirst(identity.apply(decoded), here, seen, sameness))
                        .ifPresent(items::add);
            }
            return items.size() == sequence.items().size() ? Optional.of(items) : Optional.empty();
        };
    }

    private static boolean isFirst(
            Object identity, Value here, Map<Object, Value> seen, String sameness) {
        Value first = seen.putIfAbsent(identity, here);
        if (first != null) {
            here.refuse("%s %s".formatted(sameness, first.path()), "keep one");
        }
        return first == null;
    }

    /**
     * @param shape asks for all its keys and then says how to make the value of them; that is done
     *     only where nothing was wrong
     */
    static <T> Decoder<T> mapping(Function<Keys, Supplier<? extends T>> shape) {
        return value -> {
            if (!(value.node() instanceof Node.Mapping mapping)) {
                return value.refuseAsNo("a mapping (key: value)", "");
            }
            Keys keys = new Keys(value, mapping);
            Supplier<? extends T> make = shape.apply(keys);
            return keys.complete() ? Optional.of(make.get()) : Optional.empty();
        };
    }

    /** The same, but its problems do not repeat the value: it may hold a credential. */
    default Decoder<T> hidden() {
        return value -> decode(value.hide());
    }

    default <U> Decoder<U> map(Function<? super T, ? extends U> function) {
        return value -> decode(value).map(function);
    }

    /**
     * @param complaint goes on after the value, such as {@code is not a date}
     */
    default <U> Decoder<U> read(
            Function<? super T, Optional<U>> reading, String complaint, String hint) {
        return read(reading, complaint, unread -> hint);
    }

    default <U> Decoder<U> read(
            Function<? super T, Optional<U>> reading,
            String complaint,
            Function<? super T, String> hint) {
        return value ->
                decode(value)
                        .flatMap(decoded ->
                                reading.apply(decoded)
                                        .or(() ->
                                                value.refuse(
                                                        value.shown() + " " + complaint,
                                                        hint.apply(decoded))));
    }

    default Decoder<T> where(Predicate<? super T> rule, String complaint, String hint) {
        return read(decoded -> Optional.of(decoded).filter(rule), complaint, hint);
    }

    private static boolean isPrintable(String text) {
        return text.codePoints().noneMatch(Character::isISOControl);
    }

    private static Optional<Long> toLong(String digits) {
        try {
            return Optional.of(Long.valueOf(digits));
        } catch (NumberFormatException tooLong) {
            return Optional.empty();
        }
    }
}
