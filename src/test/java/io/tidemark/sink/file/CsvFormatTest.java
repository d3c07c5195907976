package io.tidemark.sink.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.opencsv.CSVWriter;
import com.opencsv.ICSVWriter;
import io.tidemark.record.Field;
import io.tidemark.record.Row;
import io.tidemark.record.Rows;
import io.tidemark.record.Schema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is quoted by hand, held to what a library makes of the same texts. */
class CsvFormatTest {
    private static final Schema SCHEMA =
            new Schema(
                    "feed",
                    List.of(
                            Field.ofFeed("feed"),
                            Field.required("id"),
                            Field.state(
                                    "state",
                                    List.of(new Field.Word("DONE", 0, Field.Outlook.FINAL))),
                            Field.optional("text", Field.Type.TEXT),
                            Field.optional("number", Field.Type.BIGINT),
                            Field.optional("time", Field.Type.TIMESTAMP)),
                    "id",
                    "state",
                    "time",
                    "time",
                    List.of("text"));

    @Property(tries = 500)
    void aRowIsTheLineThatTheLibraryWrites(
            @ForAll("texts") String feed,
            @ForAll("texts") String id,
            @ForAll("texts") String text,
            @ForAll long number,
            @ForAll boolean guard)
            throws IOException {
        Rows rows = new Rows(SCHEMA);
        rows.begin().place(Row.HERE).state(0);
        rows.text(1, id).text(3, text).number(4, number).end();
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        new CsvFormat(SCHEMA, guard).write(rows.reader(List.of(feed)), out);

        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        "feed,id,state,text,number,time\n"
                                + line(
                                        guarded(feed, guard),
                                        guarded(id, guard),
                                        "DONE",
                                        guarded(text, guard),
                                        Long.toString(number),
                                        ""));
    }

    private static String guarded(String text, boolean guard) {
        return guard ? FormulaGuard.guarded(text) : text;
    }

    private static String line(String... fields) {
        StringWriter line = new StringWriter();
        new CSVWriter(
                        line,
                        ICSVWriter.DEFAULT_SEPARATOR,
                        ICSVWriter.DEFAULT_QUOTE_CHARACTER,
                        ICSVWriter.DEFAULT_ESCAPE_CHARACTER,
                        ICSVWriter.DEFAULT_LINE_END)
                .writeNext(fields, false);
        return line.toString();
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(
                        "a",
                        "\"",
                        "\"\"",
                        ",",
                        "\n",
                        "\r",
                        "\r\n",
                        "'",
                        "=",
                        "+",
                        "-",
                        "@",
                        "\t",
                        "é",
                        "\u2028",
                        "\uFF1D",
                        "\uD83D\uDE00",
                        ";",
                        " ",
                        "\\")
                .list()
                .ofMaxSize(8)
                .map(parts -> String.join("", parts));
    }
}
