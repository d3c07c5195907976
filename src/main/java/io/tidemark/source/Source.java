package io.tidemark.source;

import io.tidemark.job.FeedSelector;
import io.tidemark.record.Schema;
import io.tidemark.window.Feed;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Warning;
import io.tidemark.window.Window;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Where records come from: cut into feeds, each read window by window. One for a run: all its
 * threads share it, and with it one budget of requests.
 *
 * <p>Every question is repeated as long as that is worth while before it fails. An interrupt ends
 * any wait, as {@link #close()} does.
 */
public interface Source extends AutoCloseable {

    /** What its records look like. */
    Schema schema();

    /**
     * The feeds a job is about, sorted. A list is asked for only where a glob needs it.
     *
     * @param wanted each picks at least one feed, or the choice is refused
     * @param only of those, the feeds that one of these picks; empty for all
     */
    Answer<FeedChoice> feeds(List<FeedSelector> wanted, List<FeedSelector> only);

    /**
     * Takes for known what was found out at an earlier time.
     *
     * @param memory {@link Learned#memory()}
     */
    void recall(String memory);

    /**
     * Finds out how the source is to be asked, where that is not known yet.
     *
     * @param feeds to take records from
     * @param range in which
     */
    Answer<Learned> learn(List<Feed> feeds, TimeRange range);

    /** What is known by now; it may be less than before, where the source has contradicted it. */
    Learned learned();

    /**
     * How much there is in windows that are going to be read, asked for sparingly.
     *
     * @param asOf the plan's now
     * @param toRead in the order of feeds and time
     * @param first those of them that were never exported
     * @param asked is told of how many feeds it has been asked by now, from several threads
     */
    Answer<Preview> preview(
            Instant asOf, List<Window> toRead, Set<Window> first, IntConsumer asked);

    /** What was found out since about feeds that a user should do something about. */
    List<Warning> warnings();

    /**
     * Reads a window.
     *
     * @param from behind which page to go on; empty for all of it
     */
    PageCursor read(Window window, Optional<Checkpoint> from);

    /**
     * Which of these records, exported with a window and not listed for it any more, are another
     * window's by now. Those of which it cannot say so are left out.
     */
    Answer<Set<String>> elsewhere(Window window, Set<String> ids);

    /**
     * Whether none of a window's open records has changed, so that it need not be read again. Asks
     * only where that costs less than reading it; false where it did not ask or cannot tell.
     *
     * @param records how many the window has in all
     * @param open id → the word for its state, see {@link Schema#words()}
     */
    boolean unchanged(Window window, long records, Map<String, String> open);

    /** Breaks off what is in flight. */
    @Override
    void close();
}
