package io.tidemark.run;

import io.tidemark.ledger.Lease;
import io.tidemark.window.Window;

/** All windows are this process's, as long as it has the lease. */
record LeaseClaims(Lease lease) implements Claims {
    @Override
    public Claim claim(Window window, int attempt) {
        return new Claim(window, attempt, lease.epoch());
    }

    @Override
    public void check(Claim claim) {
        lease.check();
    }
}
