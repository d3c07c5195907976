package io.tidemark.window;

import java.time.Instant;
import java.util.List;

/** What the source does that a user should look at. Changes nothing about what is done. */
public sealed interface Warning {

    /**
     * The source keeps no records of the feed as it is configured now, and lists none in what would
     * be read.
     */
    record NothingRecorded(Feed feed) implements Warning {}

    /**
     * The source has said of records what it is not documented to say.
     *
     * @param words in its own spelling, whatever they hold; sorted, at least one
     */
    record UndocumentedStatus(List<String> words) implements Warning {
        public UndocumentedStatus {
            words = words.stream().sorted().toList();
            if (words.isEmpty()) {
                throw new IllegalArgumentException("no words");
            }
        }
    }

    /**
     * What would be exported for the first time begins before anything the source lists. It keeps
     * records for 1 to 365 days, usually 30, and does not say for how many: what is older is gone,
     * or there never was any.
     *
     * @param begin the first instant of what would be exported for the first time
     * @param listedFrom the begin of the oldest window in which the source lists a record of any
     *     function, as far as it was asked; the end of the last window where it lists none. Later
     *     than {@code begin}
     * @param certain whether {@code begin} is further back than any retention reaches
     */
    record Forgotten(Instant begin, Instant listedFrom, boolean certain) implements Warning {
        public Forgotten {
            if (!begin.isBefore(listedFrom)) {
                throw new IllegalArgumentException(
                        "no gap between " + begin + " and " + listedFrom);
            }
        }
    }
}
