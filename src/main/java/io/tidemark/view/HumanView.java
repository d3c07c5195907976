package io.tidemark.view;

import static io.tidemark.view.PlanScreen.number;

import io.tidemark.plan.Plan;
import io.tidemark.run.Applied;
import io.tidemark.run.ApplyListener;
import java.io.PrintStream;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** For people, readable at 80 columns. */
final class HumanView implements View {
    private static final int MOST_PROBLEMS = 20;

    private final PrintStream out;
    private final Terminal terminal;
    private final ZoneId zone;
    private final InstantSource clock;

    HumanView(PrintStream out, Terminal terminal, ZoneId zone, InstantSource clock) {
        this.out = out;
        this.terminal = terminal;
        this.zone = zone;
        this.clock = clock;
    }

    @Override
    public void plan(Plan plan) {
        new PlanScreen(terminal, zone).lines(plan).forEach(out::println);
    }

    @Override
    public ApplyListener progress() {
        return new Progress(out, terminal, clock);
    }

    @Override
    public void applied(Applied applied) {
        out.println();
        problems(
                "incomplete",
                applied.incomplete().stream()
                        .map(window ->
                                window.action().window() + ": " + window.entry().verdict().reason())
                        .toList());
        problems(
                "failed",
                applied.failed().stream()
                        .map(window -> window.action().window() + ": " + window.reason())
                        .toList());
        applied.runFailure().ifPresent(reason -> out.println(terminal.red("Given up: ") + reason));
        List<String> parts = new ArrayList<>();
        parts.add(windows(applied.exported()) + " exported");
        if (!applied.incomplete().isEmpty()) {
            parts.add(number(applied.incomplete().size()) + " of them incomplete");
        }
        if (applied.unproven() > 0) {
            parts.add(number(applied.unproven()) + " of them unproven");
        }
        if (!applied.failed().isEmpty()) {
            parts.add(number(applied.failed().size()) + " failed");
        }
        if (applied.stopped() > 0) {
            parts.add(number(applied.stopped()) + " left for the next apply");
        }
        String headline = applied.isWhole() ? terminal.green("Apply complete: ") : "Apply ended: ";
        out.println(
                terminal.bold(
                        "%s%s; %s records%s in %s."
                                .formatted(
                                        headline,
                                        String.join(", ", parts),
                                        number(applied.records()),
                                        applied.quarantined() == 0
                                                ? ""
                                                : ", "
                                                        + number(applied.quarantined())
                                                        + " quarantined",
                                        Durations.rough(applied.took()))));
        if (applied.exported() > 0) {
            out.println("Records are in " + String.join(" and ", applied.sinks()) + ".");
        }
    }

    @Override
    public void note(String sentence) {
        out.println(sentence);
    }

    private void problems(String what, List<String> windows) {
        windows.stream()
                .limit(MOST_PROBLEMS)
                .forEach(window -> out.println(terminal.red(what) + "  " + window));
        if (windows.size() > MOST_PROBLEMS) {
            out.println("... and " + number(windows.size() - MOST_PROBLEMS) + " more " + what);
        }
    }

    private static String windows(long count) {
        return count == 1 ? "1 window" : number(count) + " windows";
    }
}
