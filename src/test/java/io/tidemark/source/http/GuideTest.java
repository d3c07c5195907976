package io.tidemark.source.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.source.Failure.Reach;
import io.tidemark.source.http.Trouble.Circumstances;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of errors in docs/clouds.md is what the code does, and leaves nothing out. */
class GuideTest {
    private static final Path GUIDE = Path.of("docs", "clouds.md");
    private static final Pattern CODE = Pattern.compile("`([A-Z]+\\.[0-9]+)`");
    private static final Pattern SCOPE = Pattern.compile("\\*\\*([a-z]+)\\*\\*");
    private static final Asked ASKED =
            Asked.source("invocations", "urn:fss:eu-de:p1:function:default:f", "");

    /** A line of the table. */
    private record Row(List<String> answers, List<String> codes, String tidemark, String says) {
        Reach reach() {
            List<String> bold =
                    SCOPE.matcher(tidemark).results().map(found -> found.group(1)).toList();
            assertThat(bold).hasSize(1);
            String word = bold.getFirst().toUpperCase(Locale.ROOT);
            return word.equals("FUNCTION") ? Reach.FEED : Reach.valueOf(word);
        }

        boolean isRefusal() {
            return answers.stream().allMatch(answer -> answer.matches("[345][0-9]{2}"));
        }
    }

    static List<Row> rows() throws Exception {
        return Files.readAllLines(GUIDE, UTF_8).stream()
                .dropWhile(line -> !line.equals("## When it fails"))
                .filter(line -> line.startsWith("|"))
                .skip(2)
                .map(line -> line.split("\\s*\\|\\s*", -1))
                .map(cells ->
                        new Row(
                                List.of(cells[1].split(", ")),
                                CODE.matcher(cells[2]).results().map(c -> c.group(1)).toList(),
                                cells[4],
                                cells[5]))
                .toList();
    }

    static List<Row> refusals() throws Exception {
        return rows().stream().filter(Row::isRefusal).toList();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void everyRowIsWhatTheCodeDoes(Row row) {
        List<String> codes = row.codes().isEmpty() ? List.of("") : row.codes();
        for (String status : row.answers()) {
            for (String code : codes) {
                Trouble failure = refused(Integer.parseInt(status), code);

                assertThat(failure.message()).startsWith(row.says());
                assertThat(failure.reach()).isEqualTo(row.reach());
            }
        }
    }

    @Test
    void everyFailureHasARowWithWhatIsGivenUp() throws Exception {
        List<Row> rows = rows();
        List<Trouble> failures = oneOfEach();

        for (Trouble failure : failures) {
            assertThat(rows)
                    .as(failure.message())
                    .anyMatch(row ->
                            failure.message().startsWith(row.says())
                                    && failure.reach() == row.reach());
        }
    }

    @Test
    void everyCodeTheCodeKnowsIsInTheTable() throws Exception {
        Set<String> inTheTable = new HashSet<>();
        rows().forEach(row -> inTheTable.addAll(row.codes()));

        assertThat(inTheTable)
                .containsAll(ErrorReply.THROTTLING)
                .containsAll(ErrorReply.UNPROVEN)
                .contains(ErrorReply.NO_SUCH_API)
                // what is known by the status alone
                .contains("FSS.0400", "FSS.1001", "FSS.1309", "FSS.0403", "FSS.0404")
                .contains("FSS.1051", "FSS.1052", "FSS.1053")
                .contains("FSS.0500", "FSS.0502", "FSS.0503", "FSS.0504");
    }

    @Test
    void itsNumbersAreThoseOfTheCode() throws Exception {
        String guide = Files.readString(GUIDE);
        RetryPolicy usual = RetryPolicy.USUAL;

        assertThat(guide)
                .contains("up to " + usual.throttled().toMinutes() + " minutes for one question")
                .contains("repeats, " + usual.attempts() + " times in all")
                .contains(
                        "repeats, "
                                + usual.firstAttempts()
                                + " times where nothing has ever answered")
                .contains("more than " + (usual.bodyBytes() >> 20) + " MiB");
    }

    private static Trouble refused(int status, String code) {
        String body =
                code.isEmpty()
                        ? "<html>"
                        : "{\"error_code\":\"%s\",\"error_msg\":\"no\"}".formatted(code);
        return ErrorReply.of(
                        new Reply.Received(
                                status,
                                HttpHeaders.of(Map.of(), (name, value) -> true),
                                body.getBytes(UTF_8)),
                        ASKED,
                        1,
                        "Do something.",
                        new Secrets(),
                        Instant.EPOCH)
                .trouble();
    }

    private static List<Trouble> oneOfEach() {
        Circumstances at = new Circumstances(ASKED, OptionalInt.empty(), "", "so it is", 1);
        return Arrays.stream(Trouble.Kind.values()).map(kind -> new Trouble(kind, at, "")).toList();
    }
}
