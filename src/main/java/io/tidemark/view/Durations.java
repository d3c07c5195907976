package io.tidemark.view;

import java.time.Duration;
import java.util.Locale;

/** Durations as people say them. */
final class Durations {
    private Durations() {}

    /** {@code 0.8 s}, {@code 42 s}, {@code 7 min}, {@code 3 h 20 min}. */
    static String rough(Duration duration) {
        if (duration.toMillis() < 10_000) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
        }
        if (duration.toSeconds() < 100) {
            return duration.toSeconds() + " s";
        }
        if (duration.toMinutes() < 100) {
            return (duration.toSeconds() + 30) / 60 + " min";
        }
        return duration.toHours() + " h " + duration.toMinutesPart() + " min";
    }
}
