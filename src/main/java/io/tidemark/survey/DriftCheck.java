package io.tidemark.survey;

import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Ledger;
import io.tidemark.plan.Difference;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.SinkException;
import io.tidemark.sink.Thoroughness;
import io.tidemark.window.Feed;
import io.tidemark.window.Window;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Compares what the sinks said when windows were exported with what stands there now. Reads only.
 */
public final class DriftCheck {
    private final Ledger ledger;
    private final List<Sink> sinks;

    public DriftCheck(Ledger ledger, List<Sink> sinks) {
        this.ledger = ledger;
        this.sinks = List.copyOf(sinks);
    }

    /**
     * The windows that do not stand in every sink as the ledger says, with each sink that differs.
     *
     * @param entries only the exported ones among these are looked at
     */
    public SortedMap<Window, List<Difference>> differences(
            Collection<Entry> entries, Thoroughness thoroughness) throws SinkException {
        SortedMap<Window, List<Difference>> differences = new TreeMap<>();
        Map<Feed, List<Window>> exported =
                entries.stream()
                        .filter(entry -> entry.exported().isPresent())
                        .map(Entry::window)
                        .collect(
                                Collectors.groupingBy(
                                        Window::feed, TreeMap::new, Collectors.toList()));
        for (Map.Entry<Feed, List<Window>> ofFeed : exported.entrySet()) {
            Map<Window, List<Receipt>> receipts = ledger.receipts(ofFeed.getKey());
            for (Sink sink : sinks) {
                compare(sink, ofFeed.getValue(), receipts, thoroughness)
                        .forEach((window, what) ->
                                differences
                                        .computeIfAbsent(window, w -> new ArrayList<>())
                                        .add(new Difference(sink.id(), what)));
            }
        }
        return differences;
    }

    private static Map<Window, String> compare(
            Sink sink,
            List<Window> windows,
            Map<Window, List<Receipt>> receipts,
            Thoroughness thoroughness)
            throws SinkException {
        SortedMap<Window, Receipt> ofSink = new TreeMap<>();
        Map<Window, String> different = new TreeMap<>();
        for (Window window : windows) {
            List<Receipt> said = receipts.getOrDefault(window, List.of());
            Receipt.of(sink, said)
                    .ifPresentOrElse(
                            r -> ofSink.put(window, r),
                            () -> different.put(window, notExported(sink, said)));
        }
        different.putAll(sink.differences(ofSink, thoroughness));
        return different;
    }

    private static String notExported(Sink sink, List<Receipt> said) {
        return sink.former()
                .filter(former -> Receipt.of(former, said).isPresent())
                .map(former -> "it was exported as " + former.id())
                .orElse("the sink was added to the job");
    }
}
