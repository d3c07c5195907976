package io.tidemark.job;

import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;

/**
 * A node where it stands in the file: what a {@link Decoder} reads, and complains about.
 *
 * @param path as a JSON pointer
 * @param hidden whether its text may not be repeated in a problem
 */
record Value(Node node, String path, boolean hidden, Variables variables, Problems problems) {
    private static final CoreScalarResolver YAML_1_2 = new CoreScalarResolver(false);
    private static final Set<Tag> NO_TEXT = Set.of(Tag.NULL, Tag.BOOL, Tag.INT, Tag.FLOAT);

    Value hide() {
        return new Value(node, path, true, variables, problems);
    }

    Value step(String key, Node child) {
        return new Value(child, Problems.pointer(path, key), hidden, variables, problems);
    }

    /** Says what is wrong with this value. Always empty, as a decoder's answer. */
    <T> Optional<T> refuse(String message, String hint) {
        problems.add(node.at(), path, message, hint);
        return Optional.empty();
    }

    /** Says that something else stands here than what is expected. */
    <T> Optional<T> refuseAsNo(String expected, String hint) {
        return switch (node) {
            case Node.Refused complainedAboutAlready -> Optional.empty();
            case Node.Scalar scalar when isNothing() ->
                    refuse(
                            "expected " + expected + ", found nothing",
                            "give it a value, or leave it out");
            case Node.Scalar scalar ->
                    refuse("expected " + expected + ", found " + kindOf(scalar), hint);
            case Node.Sequence list -> refuse("expected " + expected + ", found a list", hint);
            case Node.Mapping mapping -> refuse("expected " + expected + ", found a mapping", hint);
        };
    }

    /** The scalar's text with its references replaced. */
    Optional<String> resolve(Node.Scalar scalar) {
        try {
            return Optional.of(Reference.resolveAll(scalar.text(), variables));
        } catch (Reference.Unresolved unresolved) {
            return refuse(unresolved.getMessage(), unresolved.hint());
        }
    }

    /** The value as a problem may show it: as it is written in the file, or not at all. */
    String shown() {
        return switch (node) {
            case Node.Scalar scalar when hidden -> "the value";
            case Node.Scalar scalar when Reference.isIn(scalar.text()) ->
                    "the value of '" + Problems.onOneLine(scalar.text()) + "'";
            case Node.Scalar scalar -> "'" + Problems.onOneLine(scalar.text()) + "'";
            case Node.Sequence list -> "the list";
            case Node.Mapping mapping -> "the mapping";
            case Node.Refused refused -> "the value";
        };
    }

    boolean isNothing() {
        return node instanceof Node.Scalar scalar && is(scalar, Tag.NULL);
    }

    /** Whether YAML takes the scalar for text: quotes make text of a number. */
    static boolean isText(Node.Scalar scalar) {
        return !NO_TEXT.contains(tag(scalar));
    }

    private static boolean is(Node.Scalar scalar, Tag tag) {
        return tag(scalar).equals(tag);
    }

    private static Tag tag(Node.Scalar scalar) {
        return YAML_1_2.resolve(scalar.text(), scalar.plain());
    }

    private static String kindOf(Node.Scalar scalar) {
        if (isText(scalar)) {
            return "text";
        }
        return is(scalar, Tag.BOOL) ? "true or false" : "a number";
    }
}
