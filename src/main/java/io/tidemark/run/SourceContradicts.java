package io.tidemark.run;

import io.tidemark.invocation.Invocation;
import io.tidemark.window.FilterMeaning;
import java.util.Locale;

/** A record shows that the source does not filter by the time it had seemed to filter by. */
final class SourceContradicts extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SourceContradicts(FilterMeaning meaning, Invocation record) {
        super(
                "the source lists the record %s, started %s and ended %s, here, and so does not compare the %s time, as it had seemed to; from now on windows are read without that: apply once more"
                        .formatted(
                                record.requestId(),
                                record.startTime(),
                                record.endTime(),
                                meaning.time().name().toLowerCase(Locale.ROOT)));
    }
}
