package io.tidemark.source.functiongraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.tidemark.record.Rejected;
import io.tidemark.record.Rows;
import io.tidemark.sandbox.FunctionUrn;
import io.tidemark.sandbox.Invocation;
import io.tidemark.sandbox.InvocationStatus;
import io.tidemark.source.http.BrokenAnswer;
import io.tidemark.testing.Records;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From the source's JSON to a record, through the decoder, so that the shapes are real ones. */
class NormaliserTest {
    private static final FunctionUrn ORDERS =
            FunctionUrn.of("urn:fss:eu-de:p1:function:default:orders");

    @Test
    void takesTheDocumentedShapeAsItIs() {
        assertThat(
                        exported(
                                """
                                {"request_id":"r1","status":"FAIL","error_code":4208,
                                 "error_message":"it\\nfell","start_time":"2026-11-21T14:27:37",
                                 "end_time":"2026-11-21T14:27:39"}\
                                """))
                .isEqualTo(
                        new Invocation(
                                ORDERS,
                                "r1",
                                InvocationStatus.FAILED,
                                "FAIL",
                                4208L,
                                "it\nfell",
                                Instant.parse("2026-11-21T14:27:37Z"),
                                Instant.parse("2026-11-21T14:27:39Z")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'request_id':'r1','status':'WAIT'}",
                "{'request_id':'r1','status':'WAIT','error_code':null,'error_message':null,"
                        + "'start_time':null,'end_time':null}",
                "{'request_id':'r1','status':'WAIT','error_code':'','error_message':'',"
                        + "'start_time':'','end_time':' ','unheard_of':{'start_time':'now'}}"
            })
    void takesAbsentNullAndEmptyForNothing(String json) {
        assertThat(exported(json))
                .isEqualTo(
                        new Invocation(
                                ORDERS,
                                "r1",
                                InvocationStatus.WAITING,
                                "WAIT",
                                null,
                                null,
                                null,
                                null));
    }

    @ParameterizedTest
    @CsvSource({
        "WAIT, WAITING",
        "RUNNING, RUNNING",
        "SUCCESS, SUCCEEDED",
        "FAIL, FAILED",
        "DISCARD, DISCARDED",
        "CANCELLED, UNKNOWN",
        "fail, UNKNOWN"
    })
    void keepsTheSourcesWordBesideTheStatus(String word, InvocationStatus status) {
        Invocation invocation = exported("{'request_id':'r1','status':'%s'}".formatted(word));

        assertThat(entry(invocation.rawStatus(), invocation.status()))
                .isEqualTo(entry(word, status));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "'status':null,", "'status':'',"})
    void takesAMissingStatusForUnknown(String field) {
        Invocation invocation = exported("{%s'request_id':'r1'}".formatted(field));

        assertThat(entry(invocation.rawStatus(), invocation.status()))
                .isEqualTo(entry("", InvocationStatus.UNKNOWN));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "'\"4208\"', 4208", "-1, -1", "9223372036854775807, 9223372036854775807"})
    void takesErrorCodesAsNumberAndAsText(String json, long code) {
        assertThat(exported("{'request_id':'r1','error_code':%s}".formatted(json)).errorCode())
                .isEqualTo(code);
    }

    @Test
    void takesARequestIdThatIsANumberAsText() {
        assertThat(exported("{'request_id':12345678901234567890}").requestId())
                .isEqualTo("12345678901234567890");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-21T14:27:37,                2026-11-21T14:27:37Z",
        "2026-11-21T14:27:37Z,               2026-11-21T14:27:37Z",
        "2026-11-21T14:27:37z,               2026-11-21T14:27:37Z",
        "2026-11-21 14:27:37,                2026-11-21T14:27:37Z",
        "2026-11-21 14:27:37 +0800,          2026-11-21T06:27:37Z",
        "2026-11-21T14:27:37+08:00,          2026-11-21T06:27:37Z",
        "2026-11-21T14:27:37-03,             2026-11-21T17:27:37Z",
        "2026-11-21T14:27:37.5,              2026-11-21T14:27:37.500Z",
        "2026-11-21T14:27:37.123Z,           2026-11-21T14:27:37.123Z",
        "2026-11-21T14:27:37.123456789Z,     2026-11-21T14:27:37.123456Z",
        "2026-11-21T14:27:37.9999999999999Z, 2026-11-21T14:27:37.999999Z",
        "2024-02-29T00:00:00,                2024-02-29T00:00:00Z",
        "0001-01-01T00:00:00,                0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00.1Z,             0001-01-01T00:00:00.100Z",
        "9999-12-31T23:59:59,                9999-12-31T23:59:59Z",
        "12022-01-02T03:04:05,               +12022-01-02T03:04:05Z",
        "+12022-01-02T03:04:05Z,             +12022-01-02T03:04:05Z",
    })
    void takesTimesInEveryShape(String text, Instant time) {
        Invocation invocation =
                exported(
                        "{'request_id':'r1','start_time':'%s','end_time':'%s'}"
                                .formatted(text, text));

        assertThat(invocation.startTime()).isEqualTo(time);
        assertThat(invocation.endTime()).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-21",
                "14:27:37",
                "2026-11-21T14:27",
                "2026-13-01T00:00:00",
                "2025-02-29T00:00:00",
                "2026-11-21T24:00:00",
                "2026-11-21T14:27:60",
                "yesterday",
                "1763735257000",
                "0000-00-00T00:00:00",
                "0000-00-00 00:00:00",
                "0001-01-01T00:00:00+08:00",
                "2026-11-21T14:27:37+99:00",
                "294247-01-01T00:00:00Z",
                "٢٠٢٦-11-21T14:27:37",
                "2026-11-21T14:27:37 CET",
                "-001-01-01T00:00:00"
            })
    void quarantinesATimeThatIsNone(String text) {
        assertThat(kept("{'request_id':'r1','end_time':'%s'}".formatted(text)).reason())
                .isEqualTo("Its end_time is no time.");
        assertThat(kept("{'request_id':'r1','start_time':'%s'}".formatted(text)).reason())
                .isEqualTo("Its start_time is no time.");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`{'status':'WAIT'}`, It has no request_id.",
                "`{'request_id':null}`, It has no request_id.",
                "`{'request_id':''}`, It has no request_id.",
                "`{'request_id':'a\\u0000b'}`, Its request_id holds the character NUL.",
                "`{'request_id':'r1','status':'\\u0000'}`, Its status holds the character NUL.",
                "`{'request_id':'r1','error_message':'a\\u0000'}`,"
                        + " Its error_message holds the character NUL.",
                "`{'request_id':'r1','error_message':'\\ud83d'}`,"
                        + " Its error_message holds half a character (a surrogate).",
                "`{'request_id':'r1','error_message':'\\ude00\\ud83d'}`,"
                        + " Its error_message holds half a character (a surrogate).",
                "`{'request_id':'r1','error_message':'\\ud83dx'}`,"
                        + " Its error_message holds half a character (a surrogate).",
                "`{'request_id':'\\ud83d'}`,"
                        + " Its request_id holds half a character (a surrogate).",
                "`{'request_id':'r1','error_code':'E1'}`, Its error_code is no integer.",
                "`{'request_id':'r1','error_code':4.5}`, Its error_code is no integer.",
                "`{'request_id':'r1','error_code':9223372036854775808}`,"
                        + " Its error_code is no integer.",
                "`{'request_id':'r1','error_code':true}`, Its error_code is no integer.",
                "`{'request_id':'r1','error_message':{'a':[1]}}`,"
                        + " `Its error_message is an object or a list, no text.`",
                "`{'request_id':['r1']}`, `Its request_id is an object or a list, no text.`",
                "`null`, It is no object.",
                "`'r1'`, It is no object.",
                "`[{'request_id':'r1'}]`, It is no object.",
            })
    void quarantinesWhatItCannotHoldWithTheReason(String json, String reason) {
        Rejected kept = kept(json);

        assertThat(kept.reason()).isEqualTo(reason);
        assertThat(kept.raw()).isEqualTo(json.replace('\'', '"'));
    }

    @Test
    void quarantinesAnIdThatNoIndexCouldHold() {
        assertThat(exported("{'request_id':'%s'}".formatted("x".repeat(512))).requestId())
                .hasSize(512);
        assertThat(kept("{'request_id':'%s'}".formatted("x".repeat(513))).reason())
                .isEqualTo("Its request_id has 513 characters.");
    }

    @Test
    void letsAnyOtherTextThroughWhole() {
        String message = "=cmd()|,\\\"\\t\\u0001\\u2028é😀\\ud83d\\ude00" + "m".repeat(1 << 20);

        assertThat(
                        exported("{'request_id':'r1','error_message':'%s'}".formatted(message))
                                .errorMessage())
                .isEqualTo("=cmd()|,\"\t\u0001\u2028é😀😀" + "m".repeat(1 << 20));
    }

    private static Invocation exported(String json) {
        Normalised normalised = normalised(json);
        assertThat(normalised.rejected()).isEmpty();
        return normalised.rows().getFirst();
    }

    private static Rejected kept(String json) {
        Normalised normalised = normalised(json);
        assertThat(normalised.rows()).isEmpty();
        return normalised.rejected().getFirst();
    }

    /** What became of one record. */
    private record Normalised(List<Invocation> rows, List<Rejected> rejected) {}

    /** With apostrophes for quotes, so that the tables can be read. */
    private static Normalised normalised(@Nullable String json) {
        // records before and after it, so that the raw one is cut at the right places
        String text =
                "{\"count\": 3, \"invocations\": [ {\"request_id\":\"é\"} , %s ,{}]}"
                        .formatted(String.valueOf(json).replace('\'', '"'));
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        try {
            Normalised quickly = normalised(RawPage.decode(body));
            assertThat(normalised(RawPage.decodeSlowly(body))).isEqualTo(quickly);
            return quickly;
        } catch (BrokenAnswer broken) {
            throw new AssertionError(broken.what());
        }
    }

    private static Normalised normalised(RawPage page) {
        assertThat(page.size()).isEqualTo(3);
        Rows rows = new Rows(Invocations.SCHEMA);
        List<Rejected> rejected = new ArrayList<>();
        page.normalise(Placement.HERE, rows, rejected);
        List<Invocation> records = Records.invocations(rows.reader(Records.feed(ORDERS).values()));
        // but for the first record and the last
        return new Normalised(
                records.subList(1, records.size()), rejected.subList(0, rejected.size() - 1));
    }
}
