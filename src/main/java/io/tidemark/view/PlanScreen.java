package io.tidemark.view;

import io.tidemark.plan.Action;
import io.tidemark.plan.Plan;
import io.tidemark.source.Learned;
import io.tidemark.window.Estimate;
import io.tidemark.window.Feed;
import io.tidemark.window.Warning;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A plan as text: grouped by function, neighbouring windows with the same action and reason folded
 * into one line, at most {@value #MOST_FUNCTIONS} functions written out.
 */
final class PlanScreen {
    private static final int MOST_FUNCTIONS = 40;
    private static final int MOST_LINES_OF_A_FUNCTION = 12;
    private static final int WIDTH = 80;
    private static final int INDENT = 4;
    private static final int REASON_INDENT = 17; // below the dates
    private static final String WARNING = "  Warning: ";

    private final Terminal terminal;
    private final ZoneId zone;

    PlanScreen(Terminal terminal, ZoneId zone) {
        this.terminal = terminal;
        this.zone = zone;
    }

    /**
     * Neighbouring windows of one function that are to be treated alike.
     *
     * @param records about how many there are in all of them; empty where it is not known of one
     */
    private record Fold(
            Action.Kind kind,
            Instant from,
            Instant to,
            int windows,
            String reason,
            OptionalLong records) {

        static Fold of(Action action) {
            return new Fold(
                    action.kind(),
                    action.window().from(),
                    action.window().to(),
                    1,
                    action.reason(),
                    action.estimate().records());
        }

        @Nullable Fold with(Action action) {
            return action.kind() == kind
                            && action.reason().equals(reason)
                            && action.window().from().equals(to)
                    ? new Fold(
                            kind,
                            from,
                            action.window().to(),
                            windows + 1,
                            reason,
                            sum(records, action.estimate().records()))
                    : null;
        }

        private static OptionalLong sum(OptionalLong one, OptionalLong other) {
            return one.isPresent() && other.isPresent()
                    ? OptionalLong.of(one.getAsLong() + other.getAsLong())
                    : OptionalLong.empty();
        }
    }

    List<String> lines(Plan plan, Learned learned) {
        List<String> lines = new ArrayList<>();
        Map<Feed, List<Action>> byFunction =
                plan.actions().stream()
                        .collect(
                                Collectors.groupingBy(
                                        action -> action.window().feed(),
                                        java.util.LinkedHashMap::new,
                                        Collectors.toList()));
        byFunction.entrySet().stream()
                .limit(MOST_FUNCTIONS)
                .forEach(entry -> {
                    lines.add("");
                    lines.add("  " + terminal.bold(Printable.line(entry.getKey().title())));
                    lines.addAll(linesOfAFunction(entry.getValue()));
                });
        if (byFunction.size() > MOST_FUNCTIONS) {
            long windows =
                    byFunction.values().stream().skip(MOST_FUNCTIONS).mapToLong(List::size).sum();
            lines.add("");
            lines.add(
                    "  ... and %s more functions with %s windows (all of them: --json)"
                            .formatted(
                                    number(byFunction.size() - MOST_FUNCTIONS), number(windows)));
        }
        if (plan.unchanged() > 0 && !plan.isEmpty()) {
            lines.add("");
            lines.add("  = unchanged  " + counted(plan.unchanged(), "window"));
        }
        if (!plan.warnings().isEmpty()) {
            lines.add("");
            lines.addAll(warnings(plan.warnings()));
        }
        lines.add("");
        lines.add(terminal.bold(summary(plan)));
        time(plan).ifPresent(lines::add);
        if (readsSource(plan)) {
            lines.add("      " + learned.sentence());
        }
        if (plan.closed() > 0) {
            lines.add(
                    "      %s closed with records that were still open: settle has passed."
                            .formatted(counted(plan.closed(), "window")));
        }
        return lines;
    }

    List<String> warnings(List<Warning> warnings) {
        return new WarningText(this::label)
                .folded(warnings).stream()
                        .map(sentence -> wrapped(sentence, WARNING.length()).strip())
                        .map(text -> terminal.yellow(WARNING) + text)
                        .toList();
    }

    private List<String> linesOfAFunction(List<Action> actions) {
        List<Fold> folds = fold(actions);
        List<String> lines =
                new ArrayList<>(
                        folds.stream().limit(MOST_LINES_OF_A_FUNCTION).map(this::line).toList());
        if (folds.size() > MOST_LINES_OF_A_FUNCTION) {
            int windows =
                    folds.stream().skip(MOST_LINES_OF_A_FUNCTION).mapToInt(Fold::windows).sum();
            lines.add("    ... and %s more windows".formatted(number(windows)));
        }
        return lines;
    }

    private static List<Fold> fold(List<Action> actions) {
        List<Fold> folds = new ArrayList<>();
        for (Action action : actions) {
            Fold wider = folds.isEmpty() ? null : folds.getLast().with(action);
            if (wider == null) {
                folds.add(Fold.of(action));
            } else {
                folds.set(folds.size() - 1, wider);
            }
        }
        return folds;
    }

    private String line(Fold fold) {
        String sign =
                switch (fold.kind()) {
                    case EXPORT -> terminal.green(fold.kind().sign());
                    case RESUME, UPDATE -> terminal.yellow(fold.kind().sign());
                    case REPUBLISH -> terminal.red(fold.kind().sign());
                    case UNCHANGED -> fold.kind().sign();
                };
        String span = span(fold.from(), fold.to());
        String windows = counted(fold.windows(), "window");
        String records =
                fold.records().isEmpty()
                        ? ""
                        : fold.records().getAsLong() == 0
                                ? ", no records"
                                : ", " + counted(fold.records().getAsLong(), "record");
        String head = "%-9s  %s  %s%s".formatted(fold.kind().word(), span, windows, records);
        String reason = Printable.line(fold.reason().lines().findFirst().orElse(""));
        boolean fits = INDENT + 2 + head.length() + 2 + reason.length() <= WIDTH;
        return " ".repeat(INDENT)
                + sign
                + " "
                + head
                + (fits ? "  " + reason : wrapped(reason, REASON_INDENT));
    }

    /** On lines of its own, as many as it takes; a word longer than a line is broken. */
    private static String wrapped(String text, int indent) {
        int width = WIDTH - indent;
        StringBuilder lines = new StringBuilder();
        String rest = text;
        while (!rest.isEmpty()) {
            int end = rest.length() <= width ? rest.length() : rest.lastIndexOf(' ', width);
            String line = rest.substring(0, end > 0 ? end : width);
            lines.append('\n').append(" ".repeat(indent)).append(line);
            rest = rest.substring(line.length()).stripLeading();
        }
        return lines.toString();
    }

    private String span(Instant from, Instant to) {
        return label(from) + " to " + label(to);
    }

    /** A date where a day begins in the job's zone, else the time in that zone. */
    private String label(Instant instant) {
        ZonedDateTime local = instant.atZone(zone);
        return local.toLocalTime().equals(LocalTime.MIDNIGHT)
                ? local.toLocalDate().toString()
                : DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).format(local);
    }

    static String summary(Plan plan) {
        if (plan.isEmpty()) {
            return plan.unchanged() == 0
                    ? "Nothing to do: the range holds no whole window that has ended."
                    : "Nothing to do: %s, all exported."
                            .formatted(counted(plan.unchanged(), "window"));
        }
        Map<Action.Kind, Long> counts = plan.summary();
        String parts =
                counts.entrySet().stream()
                        .filter(count -> count.getValue() > 0)
                        .map(count ->
                                number(count.getValue())
                                        + switch (count.getKey()) {
                                            case EXPORT -> " to export";
                                            case RESUME -> " to resume";
                                            case UPDATE -> " to update";
                                            case REPUBLISH -> " to republish";
                                            case UNCHANGED -> " unchanged";
                                        })
                        .collect(Collectors.joining(", "));
        return "Plan: " + parts + estimate(plan);
    }

    /** {@code ; about 48,210 records in 98 requests}; what is not known is said to be so. */
    private static String estimate(Plan plan) {
        if (!readsSource(plan)) {
            return "";
        }
        Estimate estimate = plan.estimate();
        return estimate.records().isPresent() && estimate.requests().isPresent()
                ? "; about %s in %s"
                        .formatted(
                                counted(estimate.records().getAsLong(), "record"),
                                counted(estimate.requests().getAsLong(), "request"))
                : "; how many records is unknown";
    }

    private static boolean readsSource(Plan plan) {
        return plan.actions().stream().anyMatch(action -> action.kind().readsSource());
    }

    /** Time at the request budget, where both are known. */
    private static Optional<String> time(Plan plan) {
        OptionalLong requests = plan.estimate().requests();
        if (plan.requestsPerSecond().isEmpty() || requests.orElse(0) == 0) {
            return Optional.empty();
        }
        double budget = plan.requestsPerSecond().getAsDouble();
        Duration time = Duration.ofMillis((long) (requests.getAsLong() / budget * 1000));
        if (time.toSeconds() == 0) {
            return Optional.empty();
        }
        return Optional.of(
                String.format(
                        Locale.ROOT,
                        "      At %s requests per second that takes about %s.",
                        BigDecimal.valueOf(budget).stripTrailingZeros().toPlainString(),
                        Durations.rough(time)));
    }

    static String counted(long count, String what) {
        return number(count) + " " + what + (count == 1 ? "" : "s");
    }

    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
