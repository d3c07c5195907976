package io.tidemark.source.functiongraph;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tidemark.record.Rejected;
import io.tidemark.record.Rows;
import io.tidemark.source.http.BrokenAnswer;
import io.tidemark.source.http.Json;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whatever a server answers: a page or a broken one, soon, and never fewer records than it has. */
class RawPageFuzzTest {
    private static final JsonMapper TREES = new JsonMapper();
    private static final String SEED = "20261123";
    private static final Duration SOON = Duration.ofSeconds(3);
    private static final int MEGABYTE = 1 << 20;

    private static final String PAGE =
            """
            {"count":3,"invocations":[
              {"request_id":"r1","status":"SUCCESS","error_code":0,"error_message":"",
               "start_time":"2026-11-21T14:27:37","end_time":"2026-11-21T14:27:38","x":[{}]},
              {"request_id":"é😀","status":"WAIT","error_code":"4208"},
              {"request_id":"\\u0000\\ud83d","error_message":"\\"\\n","start_time":null}],
             "next_marker":3,"function":{"a":[1,2,{"b":null}]}}\
            """;

    @Property(tries = 1500, seed = SEED)
    void anyBytes(@ForAll byte[] body) {
        isAPageOrBroken(body);
        isTheSameBothWays(body);
    }

    @Property(tries = 3000, seed = SEED)
    void anyTokens(@ForAll("tokens") String body) {
        isAPageOrBroken(utf8(body));
        isTheSameBothWays(utf8(body));
    }

    @Property(tries = 3000, seed = SEED)
    void aPageWithPiecesCutAndPasted(@ForAll("mangled") byte[] body) {
        isAPageOrBroken(body);
        isTheSameBothWays(body);
    }

    @Property(tries = 2000, seed = SEED)
    void textsWithEscapes(@ForAll("escaped") String text, @ForAll("escaped") String id) {
        byte[] body =
                utf8(
                        page(
                                "{\"error_message\":\"%s\",\"request_id\":\"a%s\"},{\"request_id\":\"b\"}"
                                        .formatted(text, id)));

        isAPageOrBroken(body);
        isTheSameBothWays(body);
    }

    @Provide
    Arbitrary<String> escaped() {
        Arbitrary<String> unit =
                Arbitraries.integers().between(0, 0xFFFF).map(code -> "\\u%04x".formatted(code));
        return Arbitraries.oneOf(
                        unit,
                        Arbitraries.of(
                                "\\n",
                                "\\\"",
                                "\\\\",
                                "\\/",
                                "\\b",
                                "\\f",
                                "\\r",
                                "\\t",
                                "\\x",
                                "\\u12",
                                "\\u00E9",
                                "\\ud83d\\ude00",
                                "\\uD83D\\n",
                                "\\ude00",
                                "\\u0000",
                                "\\u0001",
                                "é",
                                "x"))
                .list()
                .ofMaxSize(6)
                .map(parts -> String.join("", parts));
    }

    @Example
    void aPageInAnotherEncoding() {
        for (String name : List.of("UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "ISO-8859-1")) {
            isAPageOrBroken(PAGE.getBytes(Charset.forName(name)));
            isAPageOrBroken(("\uFEFF" + PAGE).getBytes(Charset.forName(name)));
        }
        isAPageOrBroken(utf8("\uFEFF" + PAGE));
    }

    @Example
    void pagesMadeToTakeTimeOrMemoryTakeLittle() {
        Stream.of(
                        "[".repeat(MEGABYTE),
                        "{\"invocations\":" + "[".repeat(MEGABYTE),
                        "{\"invocations\":[" + "{\"a\":".repeat(MEGABYTE / 5),
                        "{\"a\":" + "[".repeat(MEGABYTE) + "]".repeat(MEGABYTE) + "}",
                        page("{\"error_code\":" + "9".repeat(MEGABYTE) + "}"),
                        page("{\"error_code\":1e" + "9".repeat(MEGABYTE) + "}"),
                        page("{\"error_code\":0." + "1".repeat(MEGABYTE) + "}"),
                        page("{\"request_id\":\"" + "\\u0000".repeat(MEGABYTE / 6) + "\"}"),
                        page("{\"start_time\":\"" + "0".repeat(MEGABYTE) + "\"}"),
                        page("{\"start_time\":\"" + " ".repeat(MEGABYTE) + "\"}"),
                        page("{\"" + "k".repeat(MEGABYTE) + "\":1}"),
                        page("{\"request_id\":\"r\"," + manyKeys() + "}"),
                        page("{" + "\"request_id\":\"r\",".repeat(MEGABYTE / 17) + "\"a\":1}"),
                        "{" + manyKeys() + "," + page("").substring(1),
                        "{" + "\"invocations\":[],".repeat(MEGABYTE / 17) + "\"count\":1}",
                        "{\"count\":" + "9".repeat(MEGABYTE) + ",\"invocations\":[]}",
                        "{\"next_marker\":" + "9".repeat(MEGABYTE) + ",\"invocations\":[]}",
                        "{\"next_marker\":\"" + "m".repeat(MEGABYTE) + "\",\"invocations\":[]}",
                        page("{},".repeat(MEGABYTE / 30) + "{}"),
                        page("null,".repeat(MEGABYTE / 30) + "null"),
                        " ".repeat(MEGABYTE),
                        "\u0000".repeat(MEGABYTE))
                .forEach(body -> {
                    long before = allocated();
                    isAPageOrBroken(utf8(body));
                    assertThat(allocated() - before)
                            .as(() -> body.substring(0, 40))
                            .isLessThan(64L * MEGABYTE);
                });
    }

    @Example
    void anObjectMadeToTakeLongDoesNot() {
        long start = System.nanoTime();
        for (String body :
                List.of(
                        "{\"functions\":" + "9".repeat(MEGABYTE) + "}",
                        "{\"error_code\":" + "[".repeat(MEGABYTE),
                        "{\"error_code\":-0." + "9".repeat(MEGABYTE) + "}",
                        "{\"error_code\":1e" + "9".repeat(MEGABYTE) + "}")) {
            try {
                Json.text(Json.object(utf8(body)).path("error_code"));
            } catch (BrokenAnswer broken) {
                assertThat(broken.what()).isNotEmpty();
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }

    private static String page(String rows) {
        return "{\"invocations\":[" + rows + "]}";
    }

    private static String manyKeys() {
        return IntStream.range(0, MEGABYTE / 12)
                .mapToObj("\"k%06x\":1"::formatted)
                .collect(joining(","));
    }

    private static void isAPageOrBroken(byte[] body) {
        long start = System.nanoTime();
        try {
            RawPage page = RawPage.decode(body);
            assertThat(page.size()).isGreaterThanOrEqualTo(rowsOf(body));
            Rows rows = new Rows(Invocations.SCHEMA);
            List<Rejected> rejected = new ArrayList<>();
            page.normalise(Placement.HERE, rows, rejected);
            // nothing is dropped on the way to a sink either
            assertThat(rows.count() + rejected.size()).isEqualTo(page.size());
            for (int i = 0; i < page.size(); i++) {
                assertThat(page.json(i)).isNotEmpty();
                if (isSmall(body)) {
                    assertThat(TREES.readTree(page.json(i))).isNotNull();
                }
            }
            page.next().ifPresent(marker -> assertThat(marker.text().length()).isLessThan(1000));
        } catch (BrokenAnswer broken) {
            assertThat(broken.what()).isNotEmpty().hasSizeLessThan(100);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }

    /** The quick way and the slow one give the same bytes, or the same reason. */
    private static void isTheSameBothWays(byte[] body) {
        assertThat(decoded(body, RawPage::decode)).isEqualTo(decoded(body, RawPage::decodeSlowly));
    }

    private interface Decoder {
        RawPage decode(byte[] body) throws BrokenAnswer;
    }

    /** All that a page says, as values. */
    private static List<Object> decoded(byte[] body, Decoder decoder) {
        try {
            RawPage page = decoder.decode(body);
            Rows rows = new Rows(Invocations.SCHEMA);
            List<Rejected> rejected = new ArrayList<>();
            page.normalise(Placement.HERE, rows, rejected);
            return List.of(
                    HexFormat.of().formatHex(rows.data(), 0, rows.size()),
                    rejected,
                    page.next(),
                    page.count(),
                    page.fingerprint());
        } catch (BrokenAnswer broken) {
            return List.of(broken.what());
        }
    }

    /** As a reader of whole trees counts them. Where it sees no page, there may not be one. */
    private static int rowsOf(byte[] body) {
        if (!isSmall(body)) {
            return 0;
        }
        try {
            JsonNode invocations = TREES.readTree(body).path("invocations");
            assertThat(invocations.isArray() || invocations.isNull()).isTrue();
            return invocations.size();
        } catch (JacksonException noJson) {
            throw new AssertionError("a page of what is no JSON", noJson);
        }
    }

    /** Others are made to take long, also from the reader that they are compared with. */
    private static boolean isSmall(byte[] body) {
        return body.length < MEGABYTE / 4;
    }

    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Provide
    Arbitrary<String> tokens() {
        return tokenList().map(tokens -> "{\"invocations\":[" + String.join("", tokens));
    }

    private static Arbitrary<List<String>> tokenList() {
        return Arbitraries.of(
                        "{",
                        "}",
                        "[",
                        "]",
                        ",",
                        ":",
                        "]}",
                        "{}",
                        "[]",
                        "null",
                        "true",
                        "-1",
                        "1e999",
                        "00",
                        "\"",
                        "\"a\"",
                        "\"\\ud800\"",
                        "\"\\u0000\"",
                        "\\",
                        "\n",
                        " ",
                        "\u0000",
                        "\uFEFF",
                        "/*",
                        "NaN",
                        "\"invocations\":",
                        "\"invocations\":[",
                        "\"next_marker\":",
                        "\"count\":",
                        "\"request_id\":",
                        "\"request_id\":\"r\"",
                        "{\"request_id\":\"r\"}",
                        "\"error_code\":",
                        "\"start_time\":\"0001-01-01T00:00:00\"")
                .list()
                .ofMaxSize(14);
    }

    @Provide
    Arbitrary<byte[]> mangled() {
        Arbitrary<Double> place = Arbitraries.doubles().between(0, 1);
        Arbitrary<byte[]> pieces =
                Arbitraries.oneOf(
                        tokenList().map(tokens -> utf8(String.join("", tokens))),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(4),
                        Combinators.combine(place, place).as(RawPageFuzzTest::stretch));
        return Combinators.combine(place, place, pieces)
                .as((one, other, piece) -> {
                    byte[] page = utf8(PAGE);
                    int from = (int) (Math.min(one, other) * page.length);
                    int to = (int) (Math.max(one, other) * page.length);
                    // mostly small wounds: large ones leave nothing to read
                    int end = Math.min(to, from + 1 + (to - from) % 9);
                    byte[] mangled = Arrays.copyOf(page, from + piece.length + page.length - end);
                    System.arraycopy(piece, 0, mangled, from, piece.length);
                    System.arraycopy(page, end, mangled, from + piece.length, page.length - end);
                    return mangled;
                });
    }

    private static byte[] stretch(double one, double other) {
        byte[] page = utf8(PAGE);
        return Arrays.copyOfRange(
                page,
                (int) (Math.min(one, other) * page.length),
                (int) (Math.max(one, other) * page.length));
    }
}
