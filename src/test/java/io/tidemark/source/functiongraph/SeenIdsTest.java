package io.tidemark.source.functiongraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeenIdsTest {
    private static final int PAGE = 500;

    @ParameterizedTest
    @ValueSource(ints = {500, 100_000, 1_000_000, 10_000_000, 30_000_000})
    void countsWhatIsNewAndKnowsAPageAgain(int ids) {
        SeenIds seen = new SeenIds();
        long fresh = 0;
        long[] page = new long[PAGE];
        for (int at = 0; at < ids; at += PAGE) {
            for (int i = 0; i < PAGE; i++) {
                page[i] = SeenIds.mix(at + i + 1L);
            }
            int ofPage = seen.add(page);
            assertThat(ofPage).isPositive();
            fresh += ofPage;
        }

        // the end of a slice is judged by nine tenths of what the source counts
        assertThat((double) fresh).isCloseTo(ids, within(0.03 * ids));
        assertThat(seen.add(page)).isZero();
        assertThat(seen.add(Arrays.copyOf(page, 3))).isZero();
    }
}
