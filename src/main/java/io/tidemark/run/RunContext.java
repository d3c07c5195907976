package io.tidemark.run;

import io.tidemark.job.JobSpec;
import io.tidemark.ledger.GroupCommit;
import io.tidemark.ledger.Lease;
import io.tidemark.ledger.Ledger;
import io.tidemark.ledger.SourceIdentity;
import io.tidemark.run.batch.BatchJobs;
import io.tidemark.run.batch.StopRequest;
import io.tidemark.sink.Sink;
import io.tidemark.source.Source;
import io.tidemark.stage.SortMemory;
import io.tidemark.window.Window;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;

/** What all windows of a run have in common. */
record RunContext(
        JobSpec job,
        Source source,
        SourceIdentity identity,
        List<Sink> sinks,
        Lease lease,
        Claims claims,
        BatchJobs batch,
        StageRoom stages,
        ExecutorService publishers,
        SortMemory sortMemory,
        StopRequest stop,
        InstantSource clock) {

    GroupCommit group() {
        return lease.group();
    }

    Ledger ledger() {
        return lease.ledger();
    }

    Claim claim(Window window, int attempt) {
        return claims.claim(window, attempt);
    }
}
