package io.tidemark.view;

import io.tidemark.run.ApplyListener;
import io.tidemark.run.WindowOutcome;
import io.tidemark.window.Window;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/**
 * Windows, records, records per second, time left: a line that is redrawn on a terminal, a line now
 * and then elsewhere. Windows that fail are named as they fail.
 */
final class Progress implements ApplyListener {
    private static final Duration BETWEEN_REDRAWS = Duration.ofMillis(200);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final PrintStream out;
    private final Terminal terminal;
    private final InstantSource clock;
    private Instant began = Instant.EPOCH;
    private Instant shown = Instant.EPOCH;
    private int windows;
    private int done;
    private long records;
    private int drawn;

    Progress(PrintStream out, Terminal terminal, InstantSource clock) {
        this.out = out;
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public synchronized void begins(int windows) {
        this.windows = windows;
        began = clock.instant();
        shown = began;
    }

    @Override
    public synchronized void pageFetched(Window window, int records) {
        this.records += records;
        show();
    }

    @Override
    public synchronized void windowEnds(WindowOutcome outcome) {
        switch (outcome) {
            case WindowOutcome.Done exported -> done++;
            case WindowOutcome.Republished republished -> done++;
            case WindowOutcome.Unchanged unchanged -> done++;
            case WindowOutcome.Failed failed -> done++; // named at the end, all together
            case WindowOutcome.Stopped stopped -> {}
        }
        show();
    }

    @Override
    public synchronized void ends() {
        erase();
    }

    private void show() {
        Instant now = clock.instant();
        Duration pause = terminal.interactive() ? BETWEEN_REDRAWS : BETWEEN_LINES;
        if (now.isBefore(shown.plus(pause))) {
            return;
        }
        shown = now;
        String line = line(Duration.between(began, now));
        if (terminal.interactive()) {
            erase();
            out.print(line);
            out.flush();
            drawn = line.length();
        } else {
            out.println(line);
        }
    }

    private String line(Duration elapsed) {
        double seconds = Math.max(elapsed.toMillis(), 1) / 1000.0;
        String left =
                done == 0
                        ? ""
                        : ", about %s left"
                                .formatted(
                                        Durations.rough(
                                                elapsed.multipliedBy(windows - done)
                                                        .dividedBy(done)));
        return String.format(
                Locale.ROOT,
                "%,d of %,d windows, %,d records, %,.0f records/s%s",
                done,
                windows,
                records,
                records / seconds,
                left);
    }

    private void erase() {
        if (drawn > 0) {
            out.print("\r" + " ".repeat(drawn) + "\r");
            out.flush();
            drawn = 0;
        }
    }
}
