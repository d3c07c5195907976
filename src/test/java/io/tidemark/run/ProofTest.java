package io.tidemark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ledger.Verdict;
import io.tidemark.record.Row;
import io.tidemark.sink.Receipt;
import io.tidemark.source.Ending;
import io.tidemark.stage.Numbers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
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
        OptionalLong count = counted == null ? OptionalLong.empty() : OptionalLong.of(counted);
        Ending ending =
                new Ending(
                        count,
                        counted == null ? Optional.of("no count") : Optional.empty(),
                        Map.of(),
                        0,
                        "",
                        Optional.empty());
        Numbers numbers =
                new Numbers(returned - quarantined, kept, 0, quarantined, new long[Row.PLACES]);

        Verdict verdict =
                Proof.verdict(
                        ending,
                        numbers,
                        tolerated,
                        List.of(new Receipt("csv:out", null, rows, null, null)));

        assertThat(verdict.kind()).isEqualTo(expected);
    }

    @Test
    void recordsWhereNoneShouldBeMakeItUnproven() {
        Ending ending =
                new Ending(
                        OptionalLong.of(2),
                        Optional.empty(),
                        Map.of(),
                        1 << 3,
                        "records start outside the window",
                        Optional.empty());

        Verdict verdict =
                Proof.verdict(
                        ending,
                        new Numbers(2, 2, 0, 0, new long[] {1, 0, 0, 1, 0, 0, 0, 0}),
                        0,
                        List.of());

        assertThat(verdict)
                .isEqualTo(
                        new Verdict(Verdict.Kind.UNPROVEN, "1 records start outside the window"));
    }
}
