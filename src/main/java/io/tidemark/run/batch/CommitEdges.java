package io.tidemark.run.batch;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.ledger.GroupCommit;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.support.transaction.ResourcelessTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;

/**
 * The transactions of a step: what it has to say is written in groups, so that they hold nothing
 * themselves. Tests can end the process at their commits.
 */
record CommitEdges(
        PlatformTransactionManager none, GroupCommit group, Failpoint before, Failpoint after)
        implements PlatformTransactionManager {

    CommitEdges(GroupCommit group, Failpoint before, Failpoint after) {
        this(new ResourcelessTransactionManager(), group, before, after);
    }

    @Override
    public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
        return none.getTransaction(definition);
    }

    @Override
    public void commit(TransactionStatus status) {
        before.pass();
        group.stepEnds();
        none.commit(status);
        after.pass();
    }

    @Override
    public void rollback(TransactionStatus status) {
        none.rollback(status);
    }
}
