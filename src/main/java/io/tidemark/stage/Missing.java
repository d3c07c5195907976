package io.tidemark.stage;

import java.util.List;

/**
 * Which records of one set are not in another.
 *
 * @param count how many
 * @param ids of at most {@value #MOST_IDS} of them, in no order that means anything
 */
public record Missing(long count, List<String> ids) {
    static final int MOST_IDS = 200;

    public Missing {
        ids = List.copyOf(ids);
    }
}
