package io.tidemark.stage;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The stage does not hold what was committed: it is missing, too short, damaged, or another
 * function's. Nothing of it may be used; the window has to be fetched anew, from {@link
 * Stage#openAt openAt(0)}.
 */
public final class StageLost extends IOException {
    private static final long serialVersionUID = 1L;

    StageLost(Path file, String what) {
        super("the stage " + file + " is lost: " + what + "; its window has to be fetched anew");
    }
}
