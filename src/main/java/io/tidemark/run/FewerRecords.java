package io.tidemark.run;

/** A new reading would drop records that are exported: refused, and the good data stays. */
final class FewerRecords extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param lost for example
     */
    FewerRecords(long exported, long missing, String lost) {
        super(
                String.format(
                        java.util.Locale.ROOT,
                        "refused: of %,d exported records the source no longer lists %s%s; what is exported stays. If they are really to go, move the window's files away and `tidemark state forget` it",
                        exported,
                        missing == 1 ? "one" : String.format(java.util.Locale.ROOT, "%,d", missing),
                        lost.isEmpty() ? "" : ", such as " + lost));
    }
}
