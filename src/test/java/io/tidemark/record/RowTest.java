package io.tidemark.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RowTest {
    private static final int ID = 0;
    private static final int NOTE = 2;
    private static final int AT = 3;
    private static final int VALUE = 4;
    private static final Schema SCHEMA =
            new Schema(
                    "meter",
                    List.of(
                            Field.required("id"),
                            Field.state(
                                    "state",
                                    List.of(
                                            new Field.Word("OPEN", 0, Field.Outlook.OPEN),
                                            new Field.Word("DONE", 1, Field.Outlook.FINAL))),
                            Field.optional("note", Field.Type.TEXT),
                            Field.optional("read_at", Field.Type.TIMESTAMP),
                            Field.optional("value", Field.Type.BIGINT)),
                    "id",
                    "state",
                    "read_at",
                    "read_at",
                    List.of("value", "note"));

    @Test
    void aRowShowsWhatItWasMadeOf() {
        Row row = row(r -> r.state(1).text(ID, "é1").text(NOTE, "").number(VALUE, Long.MIN_VALUE));

        assertThat(row.id()).isEqualTo("é1");
        assertThat(row.text(1)).isEqualTo("DONE");
        assertThat(row.text(NOTE)).isEmpty();
        assertThat(row.isNull(NOTE)).isFalse();
        assertThat(row.isNull(AT)).isTrue();
        assertThat(row.number(VALUE)).isEqualTo(Long.MIN_VALUE);
        assertThat(row.isOpen()).isFalse();
    }

    @Test
    void rowsStandByTimeThenByTheBytesOfTheirIdAndThoseWithoutATimeLast() {
        Row early = row(r -> r.state(0).text(ID, "z").number(AT, -5));
        Row late = row(r -> r.state(0).text(ID, "a").number(AT, 5));
        Row sameTime = row(r -> r.state(0).text(ID, "\ud83d\ude00").number(AT, 5));
        // after U+1F600 in UTF-16, before it in UTF-8
        Row before = row(r -> r.state(0).text(ID, "\uffee").number(AT, 5));
        Row never = row(r -> r.state(0).text(ID, "a"));

        assertThat(early.compareOrder(late)).isNegative();
        assertThat(before.compareOrder(sameTime)).isNegative();
        assertThat(late.compareOrder(before)).isNegative();
        assertThat(sameTime.compareOrder(never)).isNegative();
        assertThat(late.compareOrder(late)).isZero();
    }

    @Test
    void theNewerOfTwoStatesIsToldByRankAndThenByWhatTheSchemaNames() {
        Row open = row(r -> r.state(0).text(ID, "a").number(VALUE, 9));
        Row done = row(r -> r.state(1).text(ID, "a"));
        Row doneWithValue = row(r -> r.state(1).text(ID, "a").number(VALUE, 1));
        Row doneWithNote = row(r -> r.state(1).text(ID, "a").text(NOTE, "n").number(VALUE, 1));

        assertThat(open.compareAge(done)).isNegative();
        assertThat(done.compareAge(doneWithValue)).isNegative();
        assertThat(doneWithValue.compareAge(doneWithNote)).isNegative();
        assertThat(doneWithNote.compareAge(doneWithValue)).isPositive();
    }

    @Test
    void aRowWithoutAFieldThatMayNotBeNullIsNone() {
        Rows rows = new Rows(SCHEMA);

        assertThatThrownBy(() -> rows.begin().text(ID, "a").end())
                .hasMessageContaining("a row without state");
        assertThat(rows.isEmpty()).isTrue();
    }

    @Test
    void rowsOutgrowTheirArrayAndStayWhatTheyWere() throws Exception {
        Rows rows = new Rows(SCHEMA);
        for (int i = 0; i < 5_000; i++) {
            rows.begin().state(i % 2).text(ID, "id-" + i).number(AT, i).end();
        }
        try (RowReader reader = rows.reader(List.of())) {
            for (int i = 0; i < 5_000; i++) {
                assertThat(reader.next()).isTrue();
                assertThat(reader.row().id()).isEqualTo("id-" + i);
                assertThat(reader.row().time()).isEqualTo(i);
                assertThat(reader.row().isOpen()).isEqualTo(i % 2 == 0);
            }
            assertThat(reader.next()).isFalse();
        }
    }

    private static Row row(Consumer<Rows> made) {
        Rows rows = new Rows(SCHEMA);
        made.accept(rows.begin());
        rows.end();
        return new Row(SCHEMA, List.of()).at(rows.data(), 0);
    }
}
