package io.tidemark.source;

import io.tidemark.window.Feed;
import java.util.List;
import java.util.Optional;

/**
 * The feeds a job is about.
 *
 * @param refusal why this choice makes no sense, with what there would be to choose from; empty
 *     where it does
 */
public record FeedChoice(List<Feed> feeds, Optional<String> refusal) {
    public FeedChoice {
        feeds = List.copyOf(feeds);
    }
}
