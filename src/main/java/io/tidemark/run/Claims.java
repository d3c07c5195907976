package io.tidemark.run;

import io.tidemark.window.Window;

/** Who may work on a window. */
public interface Claims {

    /** Takes the right to an attempt at a window. */
    Claim claim(Window window, int attempt);

    /**
     * To be asked before anything is written in its name.
     *
     * @throws io.tidemark.ledger.LeaseLost where somebody else has it by now
     */
    void check(Claim claim);
}
