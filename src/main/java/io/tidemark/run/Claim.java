package io.tidemark.run;

import io.tidemark.window.Window;

/**
 * The right of one worker to one window.
 *
 * @param attempt which attempt at the window it is for, from 1
 * @param epoch grows with every holder; what an older one writes is refused
 */
public record Claim(Window window, int attempt, long epoch) {}
