package io.tidemark.source.functiongraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.source.http.Outcome;
import io.tidemark.window.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    private static final int ROWS = 2;
    private static final int CONNECTIONS = 4;
    private static final PageRequest FIRST =
            PageRequest.first(
                    FunctionUrn.of("urn:fss:eu-de:p1:function:default:orders"),
                    new TimeRange(
                            Instant.parse("2026-10-31T00:00:00Z"),
                            Instant.parse("2026-11-01T00:00:00Z")),
                    ROWS);

    /** Pages of two records each; behind the last one, empty ones. */
    private static final class Records extends PageApi {
        private final Queue<Long> asked = new ConcurrentLinkedQueue<>();
        private final int records;
        private final OptionalLong count;

        Records(int records, boolean counts) {
            this.records = records;
            this.count = counts ? OptionalLong.of(records) : OptionalLong.empty();
        }

        @Override
        public Outcome<RawPage> page(PageRequest request) {
            long marker = request.marker().offset().orElseThrow();
            asked.add(marker);
            List<String> ids =
                    IntStream.range((int) marker, (int) Math.min(records, marker + ROWS))
                            .mapToObj(id -> "id-" + id)
                            .toList();
            return new Outcome.Ok<>(Pages.of(ids, Optional.empty(), count));
        }

        @Override
        public int fullPage() {
            return ROWS;
        }
    }

    @Test
    void whereTheSourceCountsEachPageIsAskedForOnceAndNoneBehindTheLast() {
        Records api = new Records(40, true);

        assertThat(read(api, CONNECTIONS)).isEqualTo(40);

        assertThat(api.asked).doesNotHaveDuplicates();
        assertThat(api.asked).allSatisfy(marker -> assertThat(marker).isLessThanOrEqualTo(40));
    }

    @Test
    void whereItDoesNotCountFewAreAskedForInVain() {
        Records api = new Records(40, false);

        assertThat(read(api, CONNECTIONS)).isEqualTo(40);

        assertThat(api.asked).doesNotHaveDuplicates();
        assertThat(api.asked.stream().filter(marker -> marker > 40).count())
                .isLessThanOrEqualTo(CONNECTIONS);
    }

    @Test
    void aSingleConnectionAsksForNothingAhead() {
        Records api = new Records(10, true);
        try (ReadAhead ahead = new ReadAhead(api, 1)) {
            ReadAhead.Queue queue = ahead.queue();
            queue.expect(FIRST.at(new Marker("2")), page(queue, FIRST), OptionalLong.of(10));
        }
        assertThat(api.asked).containsExactly(0L);
    }

    @Test
    void aPageThatWasNotExpectedIsAskedForAndTheOthersAreDropped() {
        Records api = new Records(40, true);
        try (ReadAhead ahead = new ReadAhead(api, CONNECTIONS)) {
            ReadAhead.Queue queue = ahead.queue();
            queue.expect(FIRST.at(new Marker("2")), page(queue, FIRST), OptionalLong.of(40));
            await().until(() -> api.asked.size() > CONNECTIONS);

            assertThat(page(queue, FIRST.at(new Marker("33"))).requestId(0)).isEqualTo("id-33");
            // nothing of what was dropped takes the place of others
            ReadAhead.Queue other = ahead.queue();
            int before = api.asked.size();
            other.expect(FIRST.at(new Marker("2")), page(other, FIRST), OptionalLong.of(40));
            await().until(() -> api.asked.size() >= before + 1 + 2 * CONNECTIONS);
        }
    }

    /** How many records come when a window is read to its end, as the cursor does it. */
    private static int read(Records api, int connections) {
        List<String> ids = new ArrayList<>();
        try (ReadAhead ahead = new ReadAhead(api, connections)) {
            ReadAhead.Queue queue = ahead.queue();
            PageRequest request = FIRST;
            while (true) {
                RawPage page = page(queue, request);
                IntStream.range(0, page.size()).forEach(i -> ids.add(page.requestId(i)));
                if (page.size() < ROWS) {
                    queue.drop();
                    break;
                }
                request = request.at(request.marker().plus(ROWS).orElseThrow());
                queue.expect(request, page, page.count());
            }
        }
        assertThat(ids).doesNotHaveDuplicates();
        return ids.size();
    }

    private static RawPage page(ReadAhead.Queue queue, PageRequest request) {
        return queue.page(request) instanceof Outcome.Ok<RawPage>(RawPage page)
                ? page
                : Pages.of(List.of(), Optional.empty(), OptionalLong.empty());
    }
}
