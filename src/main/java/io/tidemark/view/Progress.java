package io.tidemark.view;

import io.tidemark.plan.Action;
import io.tidemark.run.ApplyListener;
import io.tidemark.run.WindowOutcome;
import io.tidemark.window.Window;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Windows and records, how many of them a second, time left: a line that is redrawn on a terminal,
 * a line now and then elsewhere. Windows that fail are named at the end, all together.
 */
final class Progress implements ApplyListener {
    private static final Duration BETWEEN_REDRAWS = Duration.ofMillis(200);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    /** What a window takes beside its pages, in pages. */
    private static final double OF_A_WINDOW = 0.5;

    /** Before so much of the work is done, nobody knows how long the rest takes. */
    private static final double ENOUGH_TO_TELL = 0.02;

    private final PrintStream out;
    private final Terminal terminal;
    private final StatusLine status;
    private final InstantSource clock;
    private final Map<Window, Work> works = new HashMap<>();
    private Instant began = Instant.EPOCH;
    private Instant shown = Instant.EPOCH;
    private int done;
    private long records;
    private double workDone;
    private double workInAll;
    private boolean stopping;

    /** Of a window, in pages as they were estimated. */
    private static final class Work {
        private final double inAll;
        private double done;

        Work(Action action) {
            this.inAll =
                    OF_A_WINDOW
                            + (action.kind().readsSource()
                                    ? action.estimate().requests().orElse(1)
                                    : 1);
        }
    }

    Progress(PrintStream out, Terminal terminal, StatusLine status, InstantSource clock) {
        this.out = out;
        this.terminal = terminal;
        this.status = status;
        this.clock = clock;
    }

    @Override
    public synchronized void begins(List<Action> actions) {
        for (Action action : actions) {
            Work work = new Work(action);
            works.put(action.window(), work);
            workInAll += work.inAll;
        }
        began = clock.instant();
        shown = began;
    }

    @Override
    public synchronized void pageFetched(Window window, int more) {
        records += more;
        Work work = works.get(window);
        if (work != null) {
            double before = work.done;
            work.done = Math.min(before + 1, work.inAll - OF_A_WINDOW);
            workDone += Math.max(0, work.done - before);
        }
        show();
    }

    @Override
    public synchronized void windowEnds(WindowOutcome outcome) {
        if (!(outcome instanceof WindowOutcome.Stopped)) {
            done++;
            Work work = works.get(outcome.action().window());
            if (work != null) {
                workDone += work.inAll - work.done;
            }
        }
        show();
    }

    @Override
    public synchronized void stops() {
        stopping = true;
        status.clear();
        out.println(View.STOPPING);
    }

    @Override
    public synchronized void ends() {
        status.clear();
    }

    private void show() {
        Instant now = clock.instant();
        Duration pause = terminal.interactive() ? BETWEEN_REDRAWS : BETWEEN_LINES;
        if (stopping || now.isBefore(shown.plus(pause))) {
            return;
        }
        shown = now;
        String line = line(Duration.between(began, now));
        if (terminal.interactive()) {
            status.show(line);
        } else {
            out.println(line);
        }
    }

    private String line(Duration elapsed) {
        double seconds = Math.max(elapsed.toMillis(), 1) / 1000.0;
        return String.format(
                Locale.ROOT,
                "%,d of %,d windows (%,.1f/s), %,d records (%,.0f/s)%s",
                done,
                works.size(),
                done / seconds,
                records,
                records / seconds,
                left(seconds));
    }

    private String left(double seconds) {
        double share = workInAll == 0 ? 0 : workDone / workInAll;
        return share < ENOUGH_TO_TELL
                ? ""
                : ", about %s left"
                        .formatted(
                                Durations.rough(
                                        Duration.ofMillis(
                                                (long) (1000 * seconds * (1 - share) / share))));
    }
}
