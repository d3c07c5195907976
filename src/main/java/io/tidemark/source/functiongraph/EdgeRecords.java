package io.tidemark.source.functiongraph;

import static io.tidemark.source.functiongraph.WindowPlacement.AFTER;
import static io.tidemark.source.functiongraph.WindowPlacement.BEFORE;
import static io.tidemark.source.functiongraph.WindowPlacement.CONTRADICTION;
import static io.tidemark.source.functiongraph.WindowPlacement.FAR_OUTSIDE;
import static io.tidemark.source.functiongraph.WindowPlacement.TIMELESS;

import io.tidemark.source.Answer;
import io.tidemark.source.Failure;
import io.tidemark.source.Staged;
import io.tidemark.source.http.Outcome;
import io.tidemark.source.http.Trouble;
import io.tidemark.window.Window;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells, of records whose place is in doubt, which are another window's: by what both that one and
 * this one list.
 *
 * @param contradicted is told what is known of the source after a record has shown that it does not
 *     filter by the time it had seemed to filter by
 */
record EdgeRecords(
        Api api, int pageSize, InstantSource clock, Consumer<FilterMeaning> contradicted) {

    /** Where no record should stand if the source filters by the time that is assumed. */
    static final int SUSPICIOUS = 1 << BEFORE | 1 << AFTER | 1 << FAR_OUTSIDE;

    static final String SUSPICION =
            "records start outside the window: the source seems to filter by another time than the start, so that records at its edges may stand in the next window or in none";

    private static final int LOOKS_BEFORE = 1 << BEFORE | 1 << TIMELESS | 1 << FAR_OUTSIDE;

    /** {@link io.tidemark.source.Ending#elsewhere()} */
    Answer<Map<String, Integer>> elsewhere(Window window, FilterMeaning meaning, Staged staged)
            throws IOException {
        int[] places = {0};
        @Nullable String[] contradicting = {null};
        staged.doubtful((place, id) -> {
            places[0] |= 1 << place;
            if (place == CONTRADICTION) {
                contradicting[0] = id;
            }
        });
        if (contradicting[0] != null) {
            return new Answer.Failed<>(contradiction(meaning, contradicting[0]));
        }
        if (places[0] == 0) {
            return new Answer.Ok<>(Map.of());
        }
        NextDoor nextDoor = new NextDoor(api, FunctionUrn.of(window.feed()), pageSize);
        Set<String> before = Set.of();
        if ((places[0] & LOOKS_BEFORE) != 0) {
            switch (nextDoor.ids(meaning.justBefore(window.range()))) {
                case Answer.Ok<Set<String>>(Set<String> ids) -> before = ids;
                case Answer.Failed<Set<String>>(Failure failure) -> {
                    return new Answer.Failed<>(failure);
                }
            }
        }
        Set<String> after = Set.of();
        if ((places[0] & 1 << AFTER) != 0) {
            switch (nextDoor.ids(meaning.justAfter(window.range()))) {
                case Answer.Ok<Set<String>>(Set<String> ids) -> after = ids;
                case Answer.Failed<Set<String>>(Failure failure) -> {
                    return new Answer.Failed<>(failure);
                }
            }
        }
        return judge(window, meaning, staged, before, after);
    }

    private Answer<Map<String, Integer>> judge(
            Window window,
            FilterMeaning meaning,
            Staged staged,
            Set<String> before,
            Set<String> after)
            throws IOException {
        Map<String, Integer> elsewhere = new HashMap<>();
        Map<String, Integer> nowhere = new TreeMap<>();
        staged.doubtful((place, id) -> {
            Set<String> there = place == AFTER ? after : before;
            if (there.contains(id)) {
                elsewhere.merge(id, 1 << place, (one, other) -> one | other);
            } else if (meaning.proven() && (place == BEFORE || place == AFTER)) {
                nowhere.merge(id, 1 << place, (one, other) -> one | other);
            }
        });
        SingleRecords single = new SingleRecords(api, meaning, pageSize, clock);
        for (Map.Entry<String, Integer> one : nowhere.entrySet()) {
            switch (single.isListed(window, one.getKey())) {
                case Outcome.Failed<Boolean>(Trouble trouble) -> {
                    return new Answer.Failed<>(trouble.failure());
                }
                case Outcome.Ok<Boolean>(Boolean isListed) -> {
                    if (isListed) {
                        return new Answer.Failed<>(contradiction(meaning, one.getKey()));
                    }
                    // one that is no longer listed here either says nothing
                    elsewhere.merge(one.getKey(), one.getValue(), (a, b) -> a | b);
                }
            }
        }
        return new Answer.Ok<>(elsewhere);
    }

    private Failure contradiction(FilterMeaning meaning, String id) {
        contradicted.accept(FilterMeaning.hidden(meaning.samples()));
        return new Failure(
                Failure.Reach.WINDOW,
                "the source lists the record %s here, and so does not compare the %s time, as it had seemed to; from now on windows are read without that: apply once more"
                        .formatted(id, meaning.time().name().toLowerCase(Locale.ROOT)));
    }
}
