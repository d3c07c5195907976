package io.tidemark.view;

import static io.tidemark.view.PlanScreen.number;

import io.tidemark.plan.Plan;
import io.tidemark.run.Applied;
import io.tidemark.run.ApplyListener;
import io.tidemark.source.Learned;
import io.tidemark.window.Window;
import java.io.PrintStream;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** For people, readable at 80 columns. */
final class HumanView implements View {
    private static final int MOST_PROBLEMS = 20;

    private final PrintStream out;
    private final Terminal terminal;
    private final ZoneId zone;
    private final InstantSource clock;
    private final StatusLine status;

    HumanView(PrintStream out, Terminal terminal, ZoneId zone, InstantSource clock) {
        this.out = out;
        this.terminal = terminal;
        this.zone = zone;
        this.clock = clock;
        this.status = new StatusLine(out, terminal.interactive());
    }

    @Override
    public void plan(Plan plan, Learned learned) {
        status.clear();
        new PlanScreen(terminal, zone).lines(plan, learned).forEach(out::println);
    }

    @Override
    public ApplyListener progress() {
        return new Progress(out, terminal, status, clock);
    }

    @Override
    public void doing(String what) {
        status.show(what + " ...");
    }

    @Override
    public void applied(Applied applied) {
        status.clear();
        out.println();
        problems(
                "incomplete",
                applied.incomplete().stream()
                        .map(o -> new Problem(o.action().window(), o.entry().verdict().reason()))
                        .toList());
        problems(
                "failed",
                applied.failed().stream()
                        .map(o -> new Problem(o.action().window(), o.reason()))
                        .toList());
        new PlanScreen(terminal, zone).warnings(applied.warnings()).forEach(out::println);
        applied.runFailure()
                .ifPresent(
                        reason -> out.println(terminal.red("Given up: ") + Printable.line(reason)));
        List<String> parts = new ArrayList<>();
        boolean onlyOthers = applied.republished() + applied.unchanged() > 0;
        if (applied.exported() > 0 || !onlyOthers) {
            parts.add(windows(applied.exported()) + " exported");
        }
        if (applied.republished() > 0) {
            parts.add(windows(applied.republished()) + " republished");
        }
        if (applied.unchanged() > 0) {
            parts.add(windows(applied.unchanged()) + " still open and unchanged");
        }
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
        if (applied.records() > 0) {
            out.println("Records are in " + String.join(" and ", applied.sinks()) + ".");
        }
    }

    @Override
    public void note(String sentence) {
        status.clear();
        out.println(Printable.lines(sentence));
    }

    /** A window that is not as it should be. */
    private record Problem(Window window, String reason) {
        String group() {
            return window.feed().id() + reason;
        }
    }

    /** Windows of one function with the same reason are one line. */
    private void problems(String what, List<Problem> problems) {
        Map<String, List<Problem>> groups =
                problems.stream()
                        .sorted(Comparator.comparing(Problem::window))
                        .collect(
                                Collectors.groupingBy(
                                        Problem::group, LinkedHashMap::new, Collectors.toList()));
        groups.values().stream()
                .limit(MOST_PROBLEMS)
                .forEach(group -> {
                    String others =
                            group.size() == 1 ? "" : " and " + number(group.size() - 1) + " more";
                    out.println(
                            terminal.red(what)
                                    + "  "
                                    + Printable.line(group.getFirst().window().toString())
                                    + others
                                    + ": "
                                    + Printable.line(group.getFirst().reason()));
                });
        if (groups.size() > MOST_PROBLEMS) {
            out.println("... and more " + what + " windows: tidemark state list names all of them");
        }
    }

    private static String windows(long count) {
        return PlanScreen.counted(count, "window");
    }
}
