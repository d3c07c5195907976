package io.tidemark.run;

import io.tidemark.invocation.FunctionUrn;
import io.tidemark.invocation.Invocation;
import io.tidemark.invocation.Quarantined;
import io.tidemark.source.Normalised;
import io.tidemark.source.Normaliser;
import io.tidemark.source.Page;
import io.tidemark.source.RawInvocation;
import java.util.ArrayList;
import java.util.List;
import org.springframework.batch.infrastructure.item.ItemProcessor;

/**
 * Normalises the times and statuses of a page; what cannot be normalised is set aside, never
 * dropped.
 */
record PageNormaliser(FunctionUrn function) implements ItemProcessor<Page, NormalPage> {
    @Override
    public NormalPage process(Page page) {
        List<Invocation> records = new ArrayList<>(page.records().size());
        List<Quarantined> quarantined = new ArrayList<>();
        for (RawInvocation raw : page.records()) {
            switch (Normaliser.normalise(raw, function)) {
                case Normalised.Exported(Invocation invocation) -> records.add(invocation);
                case Normalised.Kept(Quarantined kept) -> quarantined.add(kept);
            }
        }
        return new NormalPage(records, quarantined);
    }
}
