package io.tidemark.ledger;

/** Another process has taken the lease since: this one must not write any more. */
public final class LeaseLost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LeaseLost(String job) {
        super(
                "the lease of job '%s' went to another process; this one stops without writing"
                        .formatted(job));
    }
}
