package io.tidemark.run.batch;

import io.tidemark.record.Rejected;
import io.tidemark.record.Rows;
import io.tidemark.source.Ending;
import io.tidemark.source.Page;
import java.util.List;
import java.util.Set;

/** What goes through the fetch step: all the pages of a chunk, which carry their own position. */
sealed interface Item {

    record Paged(List<Page> pages) implements Item {}

    /** Pages, normalised: every record of them is in one of the two. */
    record Normal(Rows rows, List<Rejected> rejected) implements Item {}

    /**
     * The last there is of a window.
     *
     * @param moved what was exported with it and is another window's by now
     */
    record Last(Ending ending, Set<String> moved) implements Item {}
}
