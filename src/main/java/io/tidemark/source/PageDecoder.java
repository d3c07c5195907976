package io.tidemark.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads a page of invocations: lenient about the shape of every field, strict about the page. A
 * page that may have lost records on its way is broken, never short.
 */
final class PageDecoder {
    /** A page before it is known what a full one is. */
    record Decoded(List<RawInvocation> records, Optional<Marker> next, OptionalLong count) {}

    private final byte[] body;
    private final JsonParser json;
    private final List<RawInvocation> records = new ArrayList<>();
    private boolean hasInvocations;
    private @Nullable String next;
    private @Nullable String count;

    private PageDecoder(byte[] body, JsonParser json) {
        this.body = body;
        this.json = json;
    }

    static Decoded decode(byte[] body) throws BrokenAnswer {
        try (JsonParser json = Json.parser(body)) {
            return new PageDecoder(body, json).page();
        } catch (JacksonException broken) {
            throw Json.broken(body, broken);
        }
    }

    private Decoded page() throws BrokenAnswer {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw Json.broken(body, null);
        }
        if (json.currentTokenLocation().getByteOffset() < 0) {
            throw new BrokenAnswer("JSON that is not UTF-8");
        }
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "invocations" -> invocations(value);
                case "next_marker" -> next = scalar(value);
                case "count" -> count = scalar(value);
                default -> json.skipChildren();
            }
        }
        if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
            throw new BrokenAnswer("JSON with something behind its end");
        }
        if (!hasInvocations) {
            throw new BrokenAnswer("an answer without 'invocations'");
        }
        return new Decoded(records, Marker.said(Optional.ofNullable(next)), countOf(count));
    }

    private void invocations(JsonToken value) throws BrokenAnswer {
        hasInvocations = true;
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.START_ARRAY) {
            throw new BrokenAnswer("an answer whose 'invocations' is no list");
        }
        for (JsonToken item = json.nextToken();
                item != JsonToken.END_ARRAY;
                item = json.nextToken()) {
            records.add(item == JsonToken.START_OBJECT ? record() : noRecord());
        }
    }

    private RawInvocation record() {
        int from = offset();
        String requestId = null;
        String status = null;
        String errorCode = null;
        String errorMessage = null;
        String startTime = null;
        String endTime = null;
        String misshapen = null;
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            String text = scalar(value);
            switch (name) {
                case "request_id" -> requestId = text;
                case "status" -> status = text;
                case "error_code" -> errorCode = text;
                case "error_message" -> errorMessage = text;
                case "start_time" -> startTime = text;
                case "end_time" -> endTime = text;
                default -> {
                    continue;
                }
            }
            if (value.isStructStart()) {
                misshapen = "Its " + name + " is an object or a list, no text.";
            }
        }
        return new RawInvocation(
                requestId,
                status,
                errorCode,
                errorMessage,
                startTime,
                endTime,
                misshapen,
                json(from));
    }

    private RawInvocation noRecord() {
        int from = offset();
        json.skipChildren();
        json.finishToken();
        return new RawInvocation(
                null, null, null, null, null, null, "It is no object.", json(from));
    }

    /** The value as text, whether text or number; null for null and for what is not one value. */
    private @Nullable String scalar(JsonToken value) {
        if (value.isStructStart()) {
            json.skipChildren();
            return null;
        }
        return value == JsonToken.VALUE_NULL ? null : json.getString();
    }

    private int offset() {
        return Math.toIntExact(json.currentTokenLocation().getByteOffset());
    }

    private RawJson json(int from) {
        return new RawJson(body, from, Math.toIntExact(json.currentLocation().getByteOffset()));
    }

    private static OptionalLong countOf(@Nullable String text) {
        try {
            long count = text == null ? -1 : Long.parseLong(text.strip());
            return count < 0 ? OptionalLong.empty() : OptionalLong.of(count);
        } catch (NumberFormatException noCount) {
            return OptionalLong.empty();
        }
    }
}
