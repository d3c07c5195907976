package io.tidemark.run;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.plan.Action;
import io.tidemark.record.RowReader;
import io.tidemark.record.Rows;
import io.tidemark.sink.Receipt;
import io.tidemark.sink.Sink;
import io.tidemark.sink.Sinks;
import io.tidemark.stage.Ordered;
import io.tidemark.stage.Stage;
import io.tidemark.stage.StageWriter;
import io.tidemark.window.Window;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Copies a window, by way of a stage, from a sink that still holds it to those that differ. */
final class Republish {
    private static final int BYTES_AT_ONCE = 1 << 20;

    private final RunContext context;
    private final Action action;
    private final Window window;

    Republish(RunContext context, Action action) {
        this.context = context;
        this.action = action;
        this.window = action.window();
    }

    /** What the sinks say to the copy; empty where no sink can give the window back. */
    Optional<List<Receipt>> run() throws Exception {
        List<Receipt> receipts = context.ledger().receipts(window, action.attempt());
        List<Sink> differing =
                context.sinks().stream()
                        .filter(sink -> action.sinks().contains(sink.id()))
                        .toList();
        for (Sink healthy : Sinks.readable(context.sinks())) {
            Optional<Receipt> receipt = Receipt.of(healthy, receipts);
            if (differing.contains(healthy) || receipt.isEmpty()) {
                continue;
            }
            Optional<RowReader> rows = healthy.read(window, receipt.get());
            if (rows.isPresent()) {
                return Optional.of(copy(rows.get(), differing));
            }
        }
        return Optional.empty();
    }

    private List<Receipt> copy(RowReader rows, List<Sink> differing) throws Exception {
        Stage stage = context.stages().forCopying(window);
        try {
            long length = fill(stage, rows);
            Losses losses =
                    new Losses(
                            window,
                            context.source().schema(),
                            Optional.empty(),
                            Set.of(),
                            differing);
            Ordered ordered = stage.sort(length, context.sortMemory(), losses.standing());
            losses.refuse(ordered, 0);
            Claim claim = context.claim(window, action.attempt());
            List<Receipt> copies = new ArrayList<>();
            for (Sink sink : differing) {
                context.claims().check(claim);
                copies.add(
                        sink.publish(
                                window,
                                action.attempt(),
                                ordered.rows(),
                                losses.replaceable(sink)));
                Failpoint.PUBLISHED.pass();
            }
            return copies;
        } finally {
            stage.delete();
        }
    }

    private long fill(Stage stage, RowReader rows) throws IOException {
        Rows some = new Rows(context.source().schema());
        try (rows;
                StageWriter writer = stage.openAt(0)) {
            while (rows.next()) {
                some.add(rows.row().data(), rows.row().offset(), rows.row().length());
                if (some.size() >= BYTES_AT_ONCE) {
                    writer.append(some, List.of());
                    some.clear();
                }
            }
            writer.append(some, List.of());
            return writer.commit();
        }
    }
}
