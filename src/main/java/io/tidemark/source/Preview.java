package io.tidemark.source;

import io.tidemark.window.Estimate;
import io.tidemark.window.Warning;
import io.tidemark.window.Window;
import java.util.List;
import java.util.Map;

/**
 * What a source says of windows before they are read.
 *
 * @param estimates of the windows that were asked about, as far as they are known
 * @param warnings why it may list less than there was
 */
public record Preview(Map<Window, Estimate> estimates, List<Warning> warnings) {
    public Preview {
        estimates = Map.copyOf(estimates);
        warnings = List.copyOf(warnings);
    }
}
