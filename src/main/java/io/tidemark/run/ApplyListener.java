package io.tidemark.run;

import io.tidemark.plan.Action;
import io.tidemark.window.Window;
import java.util.List;

/** Is told how an apply goes on; called from the threads of the windows, several at once. */
public interface ApplyListener {

    /**
     * @param actions what is going to be worked on
     */
    void begins(List<Action> actions);

    /**
     * @param records how many were in it; not all of them need to be new
     */
    void pageFetched(Window window, int records);

    void windowEnds(WindowOutcome outcome);

    /** It was asked to end: windows stop behind the page they are at. */
    void stops();

    /** Nothing more is going to happen. */
    void ends();
}
