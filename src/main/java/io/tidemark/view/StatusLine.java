package io.tidemark.view;

import java.io.PrintStream;

/** The last line of a terminal, which is drawn again and again; nothing where there is none. */
final class StatusLine {
    private final PrintStream out;
    private final boolean terminal;
    private int drawn;

    StatusLine(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    synchronized void show(String line) {
        if (terminal) {
            clear();
            out.print(line);
            out.flush();
            drawn = line.length();
        }
    }

    /** To be called before anything else is printed. */
    synchronized void clear() {
        if (drawn > 0) {
            out.print("\r" + " ".repeat(drawn) + "\r");
            out.flush();
            drawn = 0;
        }
    }
}
