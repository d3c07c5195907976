package io.tidemark.job;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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

    @Property(tries = 500)
    void anyBytesInAFileAreAJobOrHaveProblems(@ForAll("bytes") byte[] bytes) throws IOException {
        Path file = Files.createTempFile("job", ".yaml");
        try {
            Files.write(file, bytes);
            JobFile.read(file, Jobs.variables());
        } catch (JobFileException refused) {
            assertThat(refused.problems()).isNotEmpty().allMatch(problem -> problem.line() > 0);
            assertThat(refused.getMessage()).doesNotContain(Jobs.CANARY);
        } finally {
            Files.delete(file);
        }
    }

    @Provide
    Arbitrary<byte[]> bytes() {
        Arbitrary<byte[]> strange = Arbitraries.bytes().array(byte[].class).ofMaxSize(6);
        return Combinators.combine(mangled(), Arbitraries.doubles().between(0, 1), strange)
                .as((text, place, inserted) -> {
                    byte[] job = text.getBytes(StandardCharsets.UTF_8);
                    int at = (int) (place * job.length);
                    byte[] bytes = Arrays.copyOf(job, job.length + inserted.length);
                    System.arraycopy(inserted, 0, bytes, at, inserted.length);
                    System.arraycopy(job, at, bytes, at + inserted.length, job.length - at);
                    return bytes;
                });
    }

    /** Nothing is ever repeated by reference, so nothing can grow by it. */
    @Example
    void anchorsAliasesAndMergesAreRefusedWhereTheyStand() {
        String laughs =
                Stream.iterate(1, i -> i + 1)
                        .limit(30)
                        .map(i ->
                                "a%d: &a%d [%s]"
                                        .formatted(i, i, "*a%d,".formatted(i - 1).repeat(9)))
                        .collect(joining("\n", "a0: &a0 lol\n", "\n"));
        for (String text :
                List.of(
                        laughs + BadJobs.CLOUD,
                        "a: &a [*a]\n" + BadJobs.CLOUD,
                        BadJobs.CLOUD.replace("source:", "source: &s"),
                        BadJobs.CLOUD + "more: { <<: *x }\n",
                        "x: &x { job: a }\n<<: *x\n" + BadJobs.CLOUD)) {
            assertIsAnsweredSoon(text);
            assertThat(Jobs.problemsOf(text))
                    .anyMatch(problem ->
                            problem.message().contains("anchor")
                                    || problem.message().contains("alias"));
        }
    }

    private static String lines(int count, String format) {
        return Stream.iterate(0, i -> i + 1)
                .limit(count)
                .map(format::formatted)
                .collect(joining("\n"));
    }

    private static void assertIsAnsweredSoon(String text) {
        long lines = 1 + text.split("\\R", -1).length;
        long start = System.nanoTime();
        try {
            Jobs.parse(text);
        } catch (JobFileException refused) {
            assertThat(refused.problems()).isNotEmpty();
            assertThat(refused.getMessage()).doesNotContain(Jobs.CANARY);
            assertThat(refused.problems())
                    .noneMatch(problem -> problem.toString().lines().count() > 1)
                    .allMatch(problem -> 1 <= problem.line())
                    .allMatch(problem -> problem.line() <= lines);
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
