package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tidemark.testing.SmallDisk;
import io.tidemark.testing.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** The README's table of guarantees names tests that are there and run. */
class GuaranteesTest {
    private static final Path TESTS = Path.of("src/test/java/io/tidemark");
    private static final Pattern NAME = Pattern.compile("`([A-Z]\\w+)(?:\\.(\\w+))?`");

    private static final Pattern SKIPS =
            Pattern.compile("import [a-z. ]*\\b(Assumptions|Disabled\\w*|Enabled\\w*)\\b");

    /** What is promised, in the order of the design. */
    private static final List<String> PROMISES =
            List.of(
                    "Nothing lost",
                    "Nothing twice",
                    "All or nothing",
                    "Restart",
                    "Same records, same bytes",
                    "Never fewer",
                    "One writer",
                    "Proof",
                    "Silence about secrets",
                    "Bounded memory");

    private record Row(String promise, String provenBy) {}

    @Test
    void everyPromiseHasARow() throws IOException {
        assertThat(rows()).extracting(Row::promise).containsAll(PROMISES);
    }

    @TestFactory
    Stream<DynamicTest> everyRowNamesTestsThatRun() throws IOException {
        return rows().stream()
                .map(row ->
                        DynamicTest.dynamicTest(
                                row.promise(),
                                () -> {
                                    List<Matcher> named =
                                            NAME.matcher(row.provenBy())
                                                    .results()
                                                    .map(result -> match(result.group()))
                                                    .toList();
                                    assertThat(named).as(row.provenBy()).isNotEmpty();
                                    for (Matcher name : named) {
                                        runs(name.group(1), name.group(2));
                                    }
                                }));
    }

    @TestFactory
    Stream<DynamicTest> everyTestThatIsNamedAnywhereInTheReadmeRuns() throws IOException {
        return NAME.matcher(Files.readString(Path.of("README.md")))
                .results()
                .filter(named -> named.group(1).matches("\\w+(Test|IT|Contract)"))
                .map(named ->
                        DynamicTest.dynamicTest(
                                named.group(), () -> runs(named.group(1), named.group(2))));
    }

    /** Where it cannot, tests are skipped with a reason, and promises stand unproven. */
    @Test
    void thisMachineCanDoWhatTheTestsNeed(@TempDir Path directory) throws Exception {
        assertThat(Terminal.missing()).isEmpty();
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), 64)) {
            assertThat(disk.command()).isNotEmpty();
        } catch (TestAbortedException impossible) {
            fail("no small file system can be made here: " + impossible.getMessage());
        }
    }

    @Test
    void nothingElseIsSkipped() throws IOException {
        List<String> skip = new ArrayList<>();
        try (Stream<Path> files = Files.walk(TESTS)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (SKIPS.matcher(Files.readString(file)).find()) {
                    skip.add(TESTS.relativize(file).toString());
                }
            }
        }
        assertThat(skip)
                .containsExactlyInAnyOrder("testing/SmallDisk.java", "testing/Terminal.java");
    }

    private static Matcher match(String name) {
        Matcher matcher = NAME.matcher(name);
        assertThat(matcher.matches()).isTrue();
        return matcher;
    }

    private static void runs(String testClass, String method) throws IOException {
        String source = source(testClass);
        assertThat(source).as(testClass).doesNotContain("@Disabled");
        if (method == null) {
            assertThat(source)
                    .as(testClass)
                    .containsPattern("@(Test|Property|Example|ParameterizedTest)\\b");
        } else {
            assertThat(source)
                    .as("%s.%s", testClass, method)
                    .containsPattern(
                            "@(Test|Property|Example|ParameterizedTest|TestFactory)\\b[^{};]*(?:\\{[^}]*\\})?[^{};]*\\b"
                                    + method
                                    + "\\(");
        }
    }

    private static String source(String testClass) throws IOException {
        try (Stream<Path> files = Files.walk(TESTS)) {
            return Files.readString(
                    files.filter(file -> file.endsWith(testClass + ".java"))
                            .findFirst()
                            .orElseGet(() -> fail("there is no test " + testClass)));
        }
    }

    private static List<Row> rows() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String section = readme.substring(readme.indexOf("## What it guarantees"));
        return section.substring(0, section.indexOf("\n## "))
                .lines()
                .filter(line -> line.startsWith("| **"))
                .map(line -> line.split("\\|"))
                .map(cells -> new Row(promise(cells[1]), cells[2]))
                .toList();
    }

    private static String promise(String cell) {
        return cell.strip().replaceAll("^\\*\\*(.*?)\\.?\\*\\*.*", "$1");
    }
}
