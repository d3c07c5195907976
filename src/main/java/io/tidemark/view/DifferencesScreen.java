package io.tidemark.view;

import io.tidemark.plan.Difference;
import io.tidemark.window.Window;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** Which sinks do not hold what the ledger says, as text or as one JSON document. */
public final class DifferencesScreen {
    private final PrintStream out;

    public DifferencesScreen(PrintStream out) {
        this.out = out;
    }

    /**
     * @param windows how many were compared
     */
    public void forPeople(long windows, Map<Window, List<Difference>> differences) {
        differences.forEach((window, ofWindow) ->
                ofWindow.forEach(difference ->
                        out.println(
                                Printable.line(
                                        "! %s  %s: %s"
                                                .formatted(
                                                        window,
                                                        difference.sink(),
                                                        difference.what())))));
        out.println(
                differences.isEmpty()
                        ? "Verified %s: every sink holds what the ledger says."
                                .formatted(PlanScreen.counted(windows, "window"))
                        : "Verified %s: %s differ. Apply heals what plan sees; for the rest, delete the file and apply."
                                .formatted(
                                        PlanScreen.counted(windows, "window"),
                                        PlanScreen.number(differences.size())));
    }

    public void forPrograms(String job, long windows, Map<Window, List<Difference>> differences) {
        out.println(Documents.document(Documents.Verified.of(job, windows, differences)));
    }
}
