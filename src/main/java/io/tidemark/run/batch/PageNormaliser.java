package io.tidemark.run.batch;

import io.tidemark.record.Rejected;
import io.tidemark.record.Rows;
import io.tidemark.record.Schema;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.springframework.batch.infrastructure.item.ItemProcessor;

/**
 * Makes rows of pages, with normalised times and statuses; what cannot be normalised is set aside,
 * never dropped. The rows' memory is used again once they are written.
 */
final class PageNormaliser implements ItemProcessor<Item, Item> {
    private final Schema schema;
    private final Deque<Rows> spare = new ArrayDeque<>();

    PageNormaliser(Schema schema) {
        this.schema = schema;
    }

    @Override
    public Item process(Item item) {
        if (!(item instanceof Item.Paged(var pages))) {
            return item;
        }
        Rows rows = spare.isEmpty() ? new Rows(schema) : spare.pop();
        List<Rejected> rejected = new ArrayList<>(0);
        pages.forEach(page -> page.normalise(rows, rejected));
        return new Item.Normal(rows, rejected);
    }

    /** Nobody needs these rows any more. */
    void reuse(Rows written) {
        written.clear();
        spare.push(written);
    }
}
