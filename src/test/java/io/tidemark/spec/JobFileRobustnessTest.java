package io.tidemark.spec;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever stands in a file: a job or its problems, soon, and no secret in them. */
class JobFileRobustnessTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    @Property(tries = 300)
    void anyTextIsAJobOrHasProblems(@ForAll String text) {
        assertIsAnsweredSoon(text);
    }

    @Property(tries = 800)
    void aJobWithPiecesCutAndPastedIsAJobOrHasProblems(@ForAll("mangled") String text) {
        assertIsAnsweredSoon(text);
    }

    @Property(tries = 500)
    void aValueReplacedAnywhereIsAJobOrHasProblems(@ForAll("revalued") String text) {
        assertIsAnsweredSoon(text);
    }

    @Example
    void filesMadeToTakeLongDoNot() {
        int most = 256 * 1024; // the longest file that is read
        Stream.of(
                        "[".repeat(most),
                        "{a: ".repeat(most / 4),
                        "- ".repeat(most / 2),
                        "? ".repeat(most / 2),
                        "!".repeat(most),
                        "a".repeat(most),
                        "9".repeat(most),
                        "job: " + "9".repeat(most / 2) + "." + "9".repeat(most / 2),
                        "job: " + "${".repeat(most / 2),
                        "job: '" + "a".repeat(most - 8) + "'",
                        "%YAML 1." + "9".repeat(most),
                        lines(most / 12, "k%07d: 1"),
                        "source: {functions: [" + lines(most / 12, "f:%07d,") + "]}",
                        "source: {endpoint: \"http://" + "a.".repeat(most / 2) + "\"}",
                        "source: {functions: [\"" + "*?".repeat(most / 2) + "\"]}",
                        "window: {every: P" + "1D".repeat(most / 2) + "}",
                        "schedule: '* * * * * " + "1,".repeat(most / 2) + "1'")
                .forEach(JobFileRobustnessTest::assertIsAnsweredSoon);
    }

    private static String lines(int count, String format) {
        return Stream.iterate(0, i -> i + 1)
                .limit(count)
                .map(format::formatted)
                .collect(joining("\n"));
    }

    private static void assertIsAnsweredSoon(String text) {
        long start = System.nanoTime();
        try {
            Jobs.parse(text);
        } catch (JobFileException refused) {
            assertThat(refused.problems()).isNotEmpty();
            assertThat(refused.getMessage()).doesNotContain(Jobs.CANARY);
            assertThat(refused.problems())
                    .noneMatch(problem -> problem.toString().lines().count() > 1);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }

    @Provide
    Arbitrary<String> mangled() {
        Arbitrary<String> job =
                Arbitraries.of(JobFileTest.EVERYTHING, BadJobs.CLOUD, BadJobs.SANDBOX);
        Arbitrary<Double> place = Arbitraries.doubles().between(0, 1);
        return Combinators.combine(job, place, place, pieces())
                .as((text, one, other, piece) -> {
                    int from = (int) (Math.min(one, other) * text.length());
                    int to = (int) (Math.max(one, other) * text.length());
                    return text.substring(0, from) + piece + text.substring(to);
                });
    }

    @Provide
    Arbitrary<String> revalued() {
        List<String> lines = JobFileTest.EVERYTHING.lines().toList();
        return Combinators.combine(Arbitraries.integers().between(0, lines.size() - 1), pieces())
                .as((changed, piece) ->
                        Stream.iterate(0, i -> i + 1)
                                .limit(lines.size())
                                .map(i ->
                                        i.equals(changed)
                                                ? lines.get(i).replaceFirst("(: ?|- ).*", "$1")
                                                        + piece
                                                : lines.get(i))
                                .collect(joining("\n")));
    }

    private static Arbitrary<String> pieces() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(10),
                Arbitraries.strings().withChars("0123456789-+PTYMWDHSZ:.*?/").ofMaxLength(12),
                Arbitraries.of(
                        "",
                        ": ",
                        "\n",
                        "- ",
                        "[",
                        "]",
                        "{",
                        "}",
                        "\"",
                        "'",
                        "&a ",
                        "*a",
                        "!!int ",
                        "${TOKEN}",
                        "${LINES}",
                        "${LEAKY_URL}",
                        "${LEAKY_JDBC}",
                        "${",
                        "$${",
                        "${file:/}",
                        "|\n",
                        "? ",
                        "---\n",
                        "%YAML 1.2\n",
                        "\t",
                        "null",
                        "~",
                        ".inf",
                        ".nan",
                        "true",
                        "0x1F",
                        "1e400",
                        "+999999999-12-31T23:59:59Z",
                        "-P999999999Y",
                        "PT9223372036854775807S",
                        "GMT+99",
                        "0 0 0 30 2 *",
                        "0 0 0 L-40 * *",
                        "0/0 * * * * *",
                        "@daily",
                        "https://[::1",
                        "jdbc:postgresql:"));
    }
}
