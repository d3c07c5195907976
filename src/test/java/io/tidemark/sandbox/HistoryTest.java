package io.tidemark.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.sandbox.Behaviour.RequestIds;
import java.time.Instant;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Invocations by arithmetic. */
class HistoryTest {
    private static final String UUID =
            "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
    private static final long NOW = Instant.parse("2026-11-21T12:00:00Z").toEpochMilli();

    @ParameterizedTest
    @CsvSource({"1, 1", "7, 3", "20000, 7", "1000000, 1", "100000000, 1", "100000000, 400"})
    void isOrderedByCreationAndFoundByIt(long records, int days) {
        History history = history(records, days, RequestIds.UUID);
        Random random = new Random(1);

        for (int i = 0; i < 2000; i++) {
            long instant = NOW + random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L);
            long k = history.firstCreatedFrom(instant);
            assertThat(history.created(k)).isGreaterThanOrEqualTo(instant);
            assertThat(history.created(k - 1)).isLessThan(instant);
            assertThat(history.started(k)).isBetween(history.created(k), latestStart(history, k));
            assertThat(history.ended(k))
                    .isBetween(history.started(k), history.started(k) + History.LONGEST_RUN);
        }
    }

    private static long latestStart(History history, long k) {
        return history.created(k) + History.LONGEST_WAIT;
    }

    @ParameterizedTest
    @EnumSource
    void findsItsOwnIdsAndNoOthers(RequestIds ids) {
        History history = history(20_000, 7, ids);

        for (long k : new long[] {0, 1, -1, 58_000_000, 123_456_789_012L}) {
            String id = history.requestId(k);
            assertThat(history.indexOf(id)).isEqualTo(k);
            assertThat(history.indexOf(id.replace(id.charAt(20), 'g'))).isNull();
            assertThat(history.indexOf(id.substring(1))).isNull();
        }
        assertThat(history.indexOf("")).isNull();
        assertThat(history.requestId(1))
                .matches(
                        switch (ids) {
                            case UUID -> UUID;
                            case OPAQUE -> ".{64}";
                            case HOSTILE -> "(?s).{3,28}" + UUID;
                        });
    }

    @Test
    void endsAsRealOnesDo() {
        History history = history(20_000, 7, RequestIds.UUID);
        long first = history.firstCreatedFrom(NOW);

        assertThat(share(first, k -> history.outcome(k) == History.Outcome.SUCCESS))
                .isBetween(0.93, 0.95);
        assertThat(share(first, k -> history.outcome(k) == History.Outcome.DISCARD))
                .isBetween(0.008, 0.012);
        assertThat(share(first, k -> history.ended(k) - history.started(k) < 3000))
                .isBetween(0.89, 0.95);
        assertThat(share(first, k -> history.ended(k) - history.started(k) > 3_600_000))
                .isBetween(0.0001, 0.001);
        assertThat(share(first, k -> history.function(k) == 0)).isBetween(0.65, 0.68);
    }

    private static double share(long first, java.util.function.LongPredicate what) {
        return LongStream.range(first, first + 100_000).filter(what).count() / 100_000.0;
    }

    private static History history(long records, int days, RequestIds ids) {
        return new History(
                SandboxSettings.DEFAULT.withRecords(records).withDays(days).data(),
                new double[] {2, 1},
                ids);
    }
}
