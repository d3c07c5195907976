package io.tidemark.source.functiongraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.source.http.BrokenAnswer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RawPageTest {
    private static final String PAGE =
            """
            {"invocations":[
              {"request_id":"r1","status":"SUCCESS","error_code":0,"error_message":"",
               "start_time":"2026-11-21T14:27:37","end_time":"2026-11-21T14:27:38","x":[{}]},
              {"request_id":"é😀","status":"WAIT"}],
             "next_marker":2,"count":7}\
            """;

    @Example
    void readsThePage() throws BrokenAnswer {
        RawPage page = decode(PAGE);

        assertThat(page.size()).isEqualTo(2);
        assertThat(page.requestId(0)).isEqualTo("r1");
        assertThat(page.requestId(1)).isEqualTo("é😀");
        assertThat(page.text(0, RawPage.ERROR_CODE)).isEqualTo("0");
        assertThat(page.json(1)).isEqualTo("{\"request_id\":\"é😀\",\"status\":\"WAIT\"}");
        assertThat(page.next()).contains(new Marker("2"));
        assertThat(page.count()).hasValue(7);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "'', -, -",
                "',\"next_marker\":null,\"count\":null', -, -",
                "',\"next_marker\":\"\",\"count\":\"\"', -, -",
                "',\"next_marker\":0,\"count\":0', 0, 0",
                "',\"next_marker\":\"500\",\"count\":\"1200\"', 500, 1200",
                "',\"next_marker\":\"a b\",\"count\":-1', a b, -",
                "',\"next_marker\":{},\"count\":[1]', -, -",
            })
    void takesMarkerAndCountInEveryShape(String fields, String next, Long count)
            throws BrokenAnswer {
        RawPage page = decode("{\"invocations\":[]" + fields + "}");

        assertThat(page.size()).isZero();
        assertThat(page.next()).isEqualTo(Optional.ofNullable(next).map(Marker::new));
        assertThat(page.count())
                .isEqualTo(count == null ? OptionalLong.empty() : OptionalLong.of(count));
    }

    @Example
    void takesNullForNoRecords() throws BrokenAnswer {
        assertThat(decode("{\"invocations\":null}").size()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|an empty answer",
                "<html>gateway</html>|HTML instead of JSON",
                "` <!DOCTYPE html>`|HTML instead of JSON",
                "{}|an answer without 'invocations'",
                "{\"error_code\":\"FSS.0500\"}|an answer without 'invocations'",
                "{\"invocations\":{}}|an answer whose 'invocations' is no list",
                "[]|an answer that is no JSON object",
                "null|an answer that is no JSON object",
                "{\"invocations\":[],\"next_marker\":\"\\u0000\"}|a 'next_marker' that is too long or holds control characters",
                "{\"invocations\":[]} {}|JSON with something behind its end",
                "{\"invocations\":[}|JSON that is cut or broken at byte 16 of 17",
            })
    void refusesWhatIsNoPage(String body, String what) {
        assertThatThrownBy(() -> decode(body))
                .isInstanceOfSatisfying(
                        BrokenAnswer.class, broken -> assertThat(broken.what()).isEqualTo(what));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\n", "}"})
    void quotesNothingOfABrokenAnswer(String cut) {
        assertThatThrownBy(() -> decode("{\"invocations\":[{\"a\":\"canary\"" + cut + " canary"))
                .hasMessageNotContaining("canary");
    }

    @Property(tries = 400)
    void aCutPageIsNeverAShortOne(@ForAll @IntRange(max = 10_000) int length) {
        byte[] whole = PAGE.getBytes(StandardCharsets.UTF_8);
        byte[] cut = java.util.Arrays.copyOf(whole, length % whole.length);

        assertThatThrownBy(() -> RawPage.decode(cut)).isInstanceOf(BrokenAnswer.class);
    }

    @Property(tries = 2000)
    void anyBytesAreAPageOrABrokenAnswer(
            @ForAll @IntRange(max = 10_000) int at, @ForAll byte changed, @ForAll byte next) {
        byte[] body = PAGE.getBytes(StandardCharsets.UTF_8);
        body[at % body.length] = changed;
        body[(at + 1) % body.length] = next;

        try {
            RawPage page = RawPage.decode(body);
            for (int i = 0; i < page.size(); i++) {
                page.json(i);
            }
        } catch (BrokenAnswer expected) {
            assertThat(expected.what()).isNotEmpty();
        }
    }

    private static RawPage decode(String body) throws BrokenAnswer {
        return RawPage.decode(body.getBytes(StandardCharsets.UTF_8));
    }
}
