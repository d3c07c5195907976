package io.tidemark.view;

import static io.tidemark.view.PlanScreen.counted;
import static io.tidemark.view.PlanScreen.number;

import io.tidemark.ledger.Entry;
import io.tidemark.ledger.Verdict;
import io.tidemark.record.Rejected;
import io.tidemark.sink.Receipt;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the ledger knows, as text: a line a window, or all of one. */
public final class StateScreen {
    private final PrintStream out;

    public StateScreen(PrintStream out) {
        this.out = out;
    }

    /** One line a window, and a last line that adds up. */
    public void list(List<Entry> entries) {
        long records = 0;
        for (Entry entry : entries) {
            long ofWindow = entry.exported().map(Entry.Export::records).orElse(0L);
            records += ofWindow;
            out.printf(
                    Locale.ROOT,
                    "%-32s %s  %-12s %,12d%n",
                    Printable.line(entry.window().feed().name()),
                    entry.window().from(),
                    standing(entry),
                    ofWindow);
        }
        out.printf(
                Locale.ROOT,
                "%s, %s%n",
                counted(entries.size(), "window"),
                counted(records, "record"));
    }

    /** The same for programs. */
    public void listForPrograms(String job, List<Entry> entries) {
        out.println(
                Documents.document(
                        new Documents.States(
                                Documents.FORMAT_VERSION,
                                job,
                                entries.stream().map(Documents.WindowState::of).toList())));
    }

    /** All that is known of a window. */
    public record Known(Entry entry, List<Receipt> receipts, List<Rejected> quarantined) {}

    /** Everything about some windows, for programs. */
    public void showForPrograms(String job, List<Known> windows) {
        out.println(
                Documents.document(
                        new Documents.Shown(
                                Documents.FORMAT_VERSION,
                                job,
                                windows.stream()
                                        .map(known ->
                                                new Documents.WholeWindow(
                                                        Documents.WindowState.of(known.entry()),
                                                        known.receipts().stream()
                                                                .map(Documents.Place::of)
                                                                .toList(),
                                                        known.quarantined().stream()
                                                                .map(Documents.Kept::of)
                                                                .toList()))
                                        .toList())));
    }

    /** Everything about one window. */
    public void show(Known known) {
        Entry entry = known.entry();
        out.println(Printable.line(entry.window().feed().spelled()));
        line("from", entry.window().from());
        line("to", entry.window().to());
        line("state", standing(entry));
        entry.exported().ifPresent(exported -> exported(exported, known.receipts()));
        entry.attempt()
                .ifPresent(attempt -> {
                    line("attempt", attempt.number() + ", begun " + attempt.since());
                    attempt.failure().ifPresent(failure -> line("failed", failure));
                });
        for (Rejected record : known.quarantined()) {
            line("quarantined", record.reason());
            out.println("               " + Printable.line(record.raw()));
        }
        out.println();
    }

    private void exported(Entry.Export exported, List<Receipt> receipts) {
        line("exported", exported.at() + ", attempt " + exported.attempt());
        line(
                "records",
                "%s, %s open, %s quarantined"
                        .formatted(
                                number(exported.records()),
                                number(exported.open()),
                                number(exported.quarantined())));
        line(
                "verdict",
                exported.verdict().kind().name().toLowerCase(Locale.ROOT)
                        + ": "
                        + exported.verdict().reason());
        for (Receipt receipt : receipts) {
            List<String> parts = new ArrayList<>();
            parts.add(number(receipt.rows()) + " rows");
            if (receipt.bytes() != null) {
                parts.add(number(receipt.bytes()) + " bytes");
            }
            if (receipt.place() != null) {
                parts.add(receipt.place());
            }
            line("sink", receipt.sink() + ": " + String.join(", ", parts));
            if (receipt.sha256() != null) {
                line("sha-256", receipt.sha256());
            }
        }
    }

    private void line(String what, Object value) {
        out.printf(Locale.ROOT, "  %-12s %s%n", what, Printable.line(value.toString()));
    }

    /** In one word, how the window stands. */
    static String standing(Entry entry) {
        if (entry.attempt().isPresent()) {
            return entry.attempt().get().failure().isPresent() ? "failed" : "interrupted";
        }
        Entry.Export exported = entry.exported().orElseThrow();
        if (exported.verdict().kind() == Verdict.Kind.INCOMPLETE) {
            return "incomplete";
        }
        if (exported.open() > 0) {
            return "open";
        }
        return exported.verdict().kind() == Verdict.Kind.UNPROVEN ? "unproven" : "settled";
    }
}
