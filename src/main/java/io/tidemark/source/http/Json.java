package io.tidemark.source.http;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as this room reads it: nothing too long, for the length of an answer is bounded already. */
public final class Json {
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .maxNumberLength(Integer.MAX_VALUE)
                                    .build())
                    .build();
    // trees turn numbers into numbers, in a time that grows with the square of their length
    private static final JsonMapper TREES = JsonMapper.shared();

    private Json() {}

    public static JsonParser parser(byte[] body) {
        return FACTORY.createParser(ObjectReadContext.empty(), body);
    }

    /** Over a part of a body. */
    public static JsonParser parser(byte[] body, int from, int length) {
        return FACTORY.createParser(ObjectReadContext.empty(), body, from, length);
    }

    /** The one object the body is. */
    public static JsonNode object(byte[] body) throws BrokenAnswer {
        try {
            JsonNode tree = TREES.readTree(body);
            if (tree.isObject()) {
                return tree;
            }
        } catch (JacksonException broken) {
            throw broken(body, broken);
        }
        throw broken(body, null);
    }

    /** A text or a number as text; empty where there is none of them, or an empty text. */
    public static Optional<String> text(JsonNode node) {
        return Optional.of(node)
                .filter(JsonNode::isValueNode)
                .filter(value -> !value.isNull())
                .map(JsonNode::asString)
                .filter(text -> !text.isBlank());
    }

    /** Why a body is no answer. Jackson's own words quote the body, so they are not used. */
    public static BrokenAnswer broken(byte[] body, @Nullable JacksonException e) {
        if (body.length == 0) {
            return new BrokenAnswer("an empty answer");
        }
        if (startsLikeHtml(body)) {
            return new BrokenAnswer("HTML instead of JSON");
        }
        if (e instanceof JacksonIOException || e == null) {
            return new BrokenAnswer("an answer that is no JSON object");
        }
        TokenStreamLocation at = e.getLocation();
        if (at == null) {
            return new BrokenAnswer("JSON that nests too deep or has too long a name");
        }
        return new BrokenAnswer(
                "JSON that is cut or broken at byte "
                        + Math.max(0, at.getByteOffset())
                        + " of "
                        + body.length);
    }

    private static boolean startsLikeHtml(byte[] body) {
        for (byte b : body) {
            if (b > ' ') {
                return b == '<';
            }
        }
        return false;
    }
}
