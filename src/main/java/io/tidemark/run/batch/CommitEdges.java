package io.tidemark.run.batch;

import io.tidemark.failpoint.Failpoint;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;

/** The transactions of a step, whose commits tests can end the process at. */
public record CommitEdges(
        PlatformTransactionManager transactions, Failpoint before, Failpoint after)
        implements PlatformTransactionManager {

    @Override
    public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
        return transactions.getTransaction(definition);
    }

    @Override
    public void commit(TransactionStatus status) {
        before.pass();
        transactions.commit(status);
        after.pass();
    }

    @Override
    public void rollback(TransactionStatus status) {
        transactions.rollback(status);
    }
}
