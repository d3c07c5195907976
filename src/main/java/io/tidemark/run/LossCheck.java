package io.tidemark.run;

import io.tidemark.invocation.Invocation;
import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Ledger;
import io.tidemark.sink.InvocationReader;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.sink.Sinks;
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
        SeenIds read = new SeenIds(reading.recordCount());
        reading.records().forEachRemaining(record -> read.add(record.requestId()));
        Optional<List<String>> missing = missing(window, before, read);
        if (missing.isEmpty()) {
            return movedByCount(window, before, reading.recordCount(), read, now);
        }
        List<String> ids = missing.get();
        if (ids.size() > MOST_ASKED) {
            throw new FewerRecords(before.records(), "more than " + MOST_ASKED, ids.getFirst());
        }
        for (String id : ids) {
            if (!single.hasMoved(window, id, now)) {
                throw new FewerRecords(before.records(), Integer.toString(ids.size()), id);
            }
        }
        return ids.size();
    }

    /**
     * Where no sink can say which records are exported: only records that were open can have moved.
     */
    private long movedByCount(
            Window window, Entry.Exported before, long records, SeenIds read, Instant now) {
        long fewer = before.records() - records;
        if (fewer <= 0) {
            return 0;
        }
        long moved =
                ledger.open(window, before.generation()).keySet().stream()
                        .filter(id -> !read.contains(id))
                        .filter(id -> single.hasMoved(window, id, now))
                        .count();
        if (moved < fewer) {
            throw new FewerRecords(before.records(), Long.toString(fewer - moved), "");
        }
        return moved;
    }

    /** The ids that are exported and not in the new reading; empty where no sink can say. */
    private Optional<List<String>> missing(Window window, Entry.Exported before, SeenIds read)
            throws IOException, SinkException {
        List<Receipt> receipts = ledger.receipts(window, before.generation());
        for (Sink sink : Sinks.readable(sinks)) {
            Optional<Receipt> receipt = Receipt.of(sink, receipts);
            Optional<InvocationReader> exported =
                    receipt.isPresent() ? sink.read(window, receipt.get()) : Optional.empty();
            if (exported.isPresent()) {
                try (InvocationReader records = exported.get()) {
                    return Optional.of(missing(records, read));
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> missing(Iterator<Invocation> exported, SeenIds read) {
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
