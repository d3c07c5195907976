package io.tidemark.run;

import io.tidemark.window.Window;

/** Is told how an apply goes on; called from the threads of the windows, several at once. */
public interface ApplyListener {

    /**
     * @param windows how many are going to be worked on
     */
    void begins(int windows);

    /**
     * @param records how many were in it; not all of them need to be new
     */
    void pageFetched(Window window, int records);

    void windowEnds(WindowOutcome outcome);

    /** Nothing more is going to happen. */
    void ends();
}
