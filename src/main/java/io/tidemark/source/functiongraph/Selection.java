package io.tidemark.source.functiongraph;

import io.tidemark.job.FeedSelector;
import io.tidemark.source.FeedChoice;
import io.tidemark.window.Feed;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Picks the functions that a job is about. */
final class Selection {
    private static final int MOST_NAMES = 20;

    private Selection() {}

    /**
     * @param listed all functions there are; none where the job names its functions
     * @param selectors each picks at least one function, or the choice is refused
     * @param only of those, the functions that one of these picks; empty for all
     */
    static FeedChoice of(List<Feed> listed, List<FeedSelector> selectors, List<FeedSelector> only) {
        Set<Feed> picked = new LinkedHashSet<>();
        for (FeedSelector selector : selectors) {
            List<Feed> matching =
                    switch (selector) {
                        case FeedSelector.Exactly(String urn) ->
                                List.of(FunctionUrn.of(urn).feed());
                        case FeedSelector.Glob glob ->
                                listed.stream().filter(glob::matches).toList();
                    };
            if (matching.isEmpty()) {
                return refused("source.functions: no function matches '%s'", selector, listed);
            }
            picked.addAll(matching);
        }
        for (FeedSelector selector : only) {
            if (picked.stream().noneMatch(selector::matches)) {
                return refused("--function: no function of the job matches '%s'", selector, picked);
            }
        }
        return new FeedChoice(
                picked.stream()
                        .filter(feed ->
                                only.isEmpty() || only.stream().anyMatch(one -> one.matches(feed)))
                        .toList(),
                Optional.empty());
    }

    private static FeedChoice refused(String what, FeedSelector selector, Collection<Feed> there) {
        String names =
                there.stream()
                        .map(Feed::name)
                        .sorted()
                        .limit(MOST_NAMES)
                        .collect(Collectors.joining(", "));
        String rest = there.size() > MOST_NAMES ? ", ... (" + there.size() + " in all)" : "";
        return new FeedChoice(
                List.of(),
                Optional.of(
                        what.formatted(selector)
                                + "; there "
                                + (there.isEmpty() ? "are none" : "are: " + names + rest)));
    }
}
