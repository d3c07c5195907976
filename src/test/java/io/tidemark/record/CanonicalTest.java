package io.tidemark.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CanonicalTest {
    private static final Schema SCHEMA =
            new Schema(
                    "meter",
                    List.of(
                            Field.ofFeed("meter"),
                            Field.required("id"),
                            Field.state(
                                    "state",
                                    List.of(new Field.Word("DONE", 0, Field.Outlook.FINAL))),
                            Field.optional("note", Field.Type.TEXT),
                            Field.optional("read_at", Field.Type.TIMESTAMP),
                            Field.optional("value", Field.Type.BIGINT)),
                    "id",
                    "state",
                    "read_at",
                    "read_at",
                    List.of());

    @Test
    void aRowIsOneLineOfJsonInTheSchemasOrder() {
        Rows rows = new Rows(SCHEMA);
        rows.begin().state(0).text(1, "a1").text(3, "größe \u20ac \ud83d\ude00").number(5, -7);
        rows.number(4, Times.micros(Instant.parse("2026-11-21T14:27:37.5Z"))).end();

        assertThat(canonical(rows))
                .isEqualTo(
                        "{\"meter\":\"m\",\"id\":\"a1\",\"state\":\"DONE\",\"note\":\"größe € 😀\",\"read_at\":\"2026-11-21T14:27:37.500Z\",\"value\":-7}\n");
    }

    @Test
    void whatIsNullIsWrittenAsNull() {
        Rows rows = new Rows(SCHEMA);
        rows.begin().state(0).text(1, "a1").end();

        assertThat(canonical(rows))
                .isEqualTo(
                        "{\"meter\":\"m\",\"id\":\"a1\",\"state\":\"DONE\",\"note\":null,\"read_at\":null,\"value\":null}\n");
    }

    @Test
    void textsHaveTheEscapesOfRfc8785AndNoOthers() {
        Rows rows = new Rows(SCHEMA);
        rows.begin().state(0).text(1, "\b\t\n\f\r\"\\/\u0000\u001f\u007f\u2028<").end();

        assertThat(canonical(rows))
                .contains("\"id\":\"\\b\\t\\n\\f\\r\\\"\\\\/\\u0000\\u001f\u007f\u2028<\"");
    }

    @Property
    void everyTextIsReadBackByAnyReaderOfJson(@ForAll String text) {
        // half of a surrogate pair is no text that UTF-8 can hold
        String held = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        Rows rows = new Rows(SCHEMA);
        rows.begin().state(0).text(1, "x").text(3, held).end();

        JsonNode read = JsonMapper.shared().readTree(canonical(rows));

        assertThat(read.path("note").asString()).isEqualTo(held);
    }

    private static String canonical(Rows rows) {
        RowReader reader = rows.reader(List.of("m"));
        Bytes line = new Bytes(64);
        Canonical canonical = new Canonical(SCHEMA);
        try (reader) {
            assertThat(reader.next()).isTrue();
            canonical.put(reader.row(), line);
        } catch (java.io.IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
        return new String(Arrays.copyOf(line.data(), line.size()), StandardCharsets.UTF_8);
    }
}
