package io.tidemark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each bad file of the table, and every line it is answered with. */
class JobFileProblemsTest {

    @TestFactory
    Stream<DynamicTest> aBadFileIsAnsweredWith() {
        return BadJobs.ALL.stream()
                .map(bad ->
                        dynamicTest(
                                bad.what(),
                                () ->
                                        assertThat(Jobs.problemsOf(bad.yaml()))
                                                .extracting(Problem::toString)
                                                .isEqualTo(bad.problems())));
    }

    @TestFactory
    Stream<DynamicTest> theFilesTheBadOnesAreMadeFromAreGood() {
        return List.of(BadJobs.CLOUD, BadJobs.SANDBOX).stream()
                .map(good ->
                        dynamicTest(
                                good.lines().findFirst().orElseThrow(), () -> Jobs.parse(good)));
    }
}
