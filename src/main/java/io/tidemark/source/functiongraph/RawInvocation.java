package io.tidemark.source.functiongraph;

import io.tidemark.source.http.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One record as the source gave it, for records that are unusual. Numbers are text as well; null
 * where a field is absent or null.
 *
 * @param misshapen one sentence on what is not even text, such as an object for a status; null for
 *     every ordinary record
 */
record RawInvocation(
        @Nullable String requestId,
        @Nullable String status,
        @Nullable String errorCode,
        @Nullable String errorMessage,
        @Nullable String startTime,
        @Nullable String endTime,
        @Nullable String misshapen) {

    /** Reads the value that the parser is at; leaves it at its end. */
    static RawInvocation read(JsonParser json) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            json.finishToken();
            return new RawInvocation(null, null, null, null, null, null, "It is no object.");
        }
        @Nullable String[] texts = new @Nullable String[RawPage.FIELDS];
        String misshapen = null;
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            String text = scalar(json, value);
            int field = RawPage.field(name);
            if (field >= 0) {
                texts[field] = text;
                if (value.isStructStart()) {
                    misshapen = "Its " + name + " is an object or a list, no text.";
                }
            }
        }
        return new RawInvocation(
                texts[RawPage.REQUEST_ID],
                texts[RawPage.STATUS],
                texts[RawPage.ERROR_CODE],
                texts[RawPage.ERROR_MESSAGE],
                texts[RawPage.START_TIME],
                texts[RawPage.END_TIME],
                misshapen);
    }

    /** The record that these bytes are, all of them; fails where they are anything else. */
    static RawInvocation read(byte[] body, int from, int length) {
        try (JsonParser json = Json.parser(body, from, length)) {
            json.nextToken();
            RawInvocation record = read(json);
            if (json.nextToken() != null) {
                throw new IllegalStateException("more than a record");
            }
            return record;
        }
    }

    /** The value as text, whether text or number; null for null and for what is not one value. */
    static @Nullable String scalar(JsonParser json, JsonToken value) {
        if (value.isStructStart()) {
            json.skipChildren();
            return null;
        }
        return value == JsonToken.VALUE_NULL ? null : json.getString();
    }
}
