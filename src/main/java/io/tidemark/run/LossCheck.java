package io.tidemark.run;

import io.tidemark.invocation.Invocation;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Ledger;
import io.tidemark.sink.InvocationReader;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.source.SeenIds;
import io.tidemark.stage.SortedStage;
import io.tidemark.window.Window;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Makes sure that a new reading of a window drops no record that is exported, by its id: compared
 * with what a file sink holds, or with the number of records where only a table does, which never
 * drops rows.
 */
record LossCheck(Ledger ledger, List<Sink> sinks, SingleRecords single) {
    /** More than these are not asked for one by one: so many have not all moved. */
    private static final int MOST_ASKED = 200;

    /**
     * How many records that are exported are not in the new reading, because they belong to another
     * window by now.
     *
     * @throws FewerRecords where one is missing that does not
     */
    long moved(Window window, Entry.Exported before, SortedStage reading, Instant now)
            throws IOException, SinkException {
        Optional<List<String>> missing = missing(window, before, reading);
        if (missing.isEmpty()) {
            long fewer = before.records() - reading.recordCount();
            if (fewer > 0) {
                throw new FewerRecords(before.records(), fewer, "");
            }
            return 0;
        }
        List<String> ids = missing.get();
        if (ids.size() > MOST_ASKED) {
            throw new FewerRecords(before.records(), ids.size(), ids.getFirst());
        }
        for (String id : ids) {
            if (!single.hasMoved(window, id, now)) {
                throw new FewerRecords(before.records(), ids.size(), id);
            }
        }
        return ids.size();
    }

    /** The ids that are exported and not in the new reading; empty where no sink can say. */
    private Optional<List<String>> missing(
            Window window, Entry.Exported before, SortedStage reading)
            throws IOException, SinkException {
        List<Receipt> receipts = ledger.receipts(window, before.generation());
        for (Sink sink : sinks) {
            for (Receipt receipt : receipts) {
                if (!receipt.sink().equals(sink.id())) {
                    continue;
                }
                Optional<InvocationReader> exported = sink.read(window, receipt);
                if (exported.isPresent()) {
                    try (InvocationReader records = exported.get()) {
                        return Optional.of(missing(records, reading));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> missing(Iterator<Invocation> exported, SortedStage reading)
            throws IOException {
        SeenIds read = new SeenIds(reading.recordCount());
        reading.records().forEachRemaining(record -> read.add(record.requestId()));
        List<String> missing = new ArrayList<>();
        while (exported.hasNext() && missing.size() <= MOST_ASKED) {
            String id = exported.next().requestId();
            if (!read.contains(id)) {
                missing.add(id);
            }
        }
        return missing;
    }
}
