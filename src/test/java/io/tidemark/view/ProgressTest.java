package io.tidemark.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.plan.Action;
import io.tidemark.run.WindowOutcome;
import io.tidemark.sandbox.FunctionUrn;
import io.tidemark.testing.Records;
import io.tidemark.window.Estimate;
import io.tidemark.window.TimeRange;
import io.tidemark.window.Window;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a person sees while an apply runs, by a clock that is held. */
class ProgressTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final Duration A_PAGE = Duration.ofSeconds(2);
    private static final Pattern LEFT = Pattern.compile("about ([0-9.]+) (s|min) left");

    private Instant now = NOON;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void theTimeLeftIsRightOnceAQuarterIsDone() {
        // a few large windows among many that are nearly empty, as months of a function are
        Random random = new Random(5);
        List<Action> actions = new ArrayList<>();
        long pages = 0;
        for (int i = 0; i < 120; i++) {
            long requests = i % 10 == 0 ? 20 + random.nextInt(40) : 1;
            pages += requests;
            actions.add(action(i, requests));
        }
        Duration whole = A_PAGE.multipliedBy(pages);
        Progress progress = progress(false);
        progress.begins(actions);
        int checked = 0;
        for (Action action : actions) {
            for (long page = 0; page < action.estimate().requests().orElseThrow(); page++) {
                now = now.plus(A_PAGE);
                progress.pageFetched(action.window(), 500);
            }
            progress.windowEnds(new WindowOutcome.Unchanged(action));
            Duration elapsed = Duration.between(NOON, now);
            Duration left = whole.minus(elapsed);
            if (elapsed.compareTo(whole.dividedBy(4)) > 0 && left.toSeconds() > 120) {
                assertThat(told().toSeconds() / (double) left.toSeconds())
                        .as("%s of %s", elapsed, whole)
                        .isBetween(1 / 1.5, 1.5);
                checked++;
            }
        }
        assertThat(checked).isGreaterThan(50);
    }

    @Test
    void aLineNamesWindowsAndRecordsASecondAndFitsOnEightyColumns() {
        Progress progress = progress(true);
        progress.begins(List.of(action(0, 4), action(1, 4)));
        for (int page = 0; page < 4; page++) {
            now = now.plus(A_PAGE);
            progress.pageFetched(window(0), 500);
        }
        now = now.plus(A_PAGE);
        progress.windowEnds(new WindowOutcome.Unchanged(action(0, 4)));

        String last = text().substring(text().lastIndexOf('\r') + 1);
        assertThat(last)
                .isEqualTo("1 of 2 windows (0.1/s), 2,000 records (200/s), about 10 s left")
                .hasSizeLessThan(80);
    }

    @Test
    void whoAsksItToStopIsAnsweredAtOnce() {
        Progress progress = progress(true);
        progress.begins(List.of(action(0, 4)));
        progress.stops();
        now = now.plus(A_PAGE);
        progress.pageFetched(window(0), 500);
        progress.ends();

        assertThat(text()).isEqualTo("Stopping behind the page in hand ...\n");
    }

    private Progress progress(boolean terminal) {
        PrintStream to = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new Progress(
                to, new Terminal(terminal, false), new StatusLine(to, terminal), () -> now);
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }

    /** What the last line says. */
    private Duration told() {
        Matcher left = LEFT.matcher(text());
        Duration told = Duration.ZERO;
        while (left.find()) {
            double number = Double.parseDouble(left.group(1));
            told = Duration.ofSeconds((long) (left.group(2).equals("s") ? number : 60 * number));
        }
        return told;
    }

    private static Window window(int day) {
        Instant from = Instant.parse("2026-06-01T00:00:00Z").plus(Duration.ofDays(day));
        return new Window(
                Records.feed(FunctionUrn.of("urn:fss:eu-de:p1:function:default:orders")),
                new TimeRange(from, from.plus(Duration.ofDays(1))));
    }

    private static Action action(int day, long requests) {
        return new Action(
                Action.Cause.NEVER_EXPORTED,
                window(day),
                1,
                "never exported",
                List.of(),
                Estimate.of(500 * requests, requests));
    }
}
