package io.tidemark.run;

import java.util.Locale;

/** A new reading would drop records that are exported: refused, and the good data stays. */
final class FewerRecords extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param missing how many, in words
     * @param lost one of them; empty where it is not known which
     */
    FewerRecords(long exported, String missing, String lost) {
        super(
                String.format(
                        Locale.ROOT,
                        "refused: of %,d exported records the source does not list %s any more%s; nothing is dropped. If they are to go, move the window's files away and drop it with `tidemark state forget`",
                        exported,
                        missing,
                        lost.isEmpty() ? "" : ", such as " + lost));
    }
}
