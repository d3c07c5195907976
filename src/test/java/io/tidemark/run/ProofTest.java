package io.tidemark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ledger.Verdict;
import io.tidemark.sink.Receipt;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProofTest {

    @ParameterizedTest
    @CsvSource({
        // counted, returned, kept, quarantined, tolerated, rows in the sink, verdict
        "10, 10, 10, 0, 0, 10, COMPLETE",
        "12, 12, 10, 0, 0, 10, COMPLETE", // two belong to the windows next door
        "10, 10, 9, 1, 1, 9, COMPLETE",
        "10, 10, 9, 1, 0, 9, INCOMPLETE",
        "11, 10, 10, 0, 0, 10, INCOMPLETE",
        "9, 10, 10, 0, 0, 10, UNPROVEN",
        "10, 10, 10, 0, 0, 9, INCOMPLETE",
        "10, 10, 10, 0, 0, 11, INCOMPLETE",
        ", 10, 10, 0, 0, 10, UNPROVEN",
        ", 10, 10, 0, 0, 9, INCOMPLETE",
        "0, 0, 0, 0, 0, 0, COMPLETE"
    })
    void isCompleteOnlyWhereAllNumbersAgree(
            Long counted,
            long returned,
            long kept,
            long quarantined,
            long tolerated,
            long rows,
            Verdict.Kind expected) {
        Proof.Numbers numbers =
                new Proof.Numbers(
                        counted == null ? OptionalLong.empty() : OptionalLong.of(counted),
                        Optional.empty(),
                        returned,
                        kept,
                        quarantined,
                        tolerated,
                        0);

        Verdict verdict =
                Proof.verdict(numbers, List.of(new Receipt("csv:out", null, rows, null, null)));

        assertThat(verdict.kind()).isEqualTo(expected);
    }
}
