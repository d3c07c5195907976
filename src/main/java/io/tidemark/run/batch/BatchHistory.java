package io.tidemark.run.batch;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The metadata that the batch job leaves behind. Plans do not need that of attempts that have
 * ended: the ledger knows all that is left of them.
 */
public final class BatchHistory {
    private static final String ENDED =
            """
            select distinct e.job_instance_id from batch_job_execution e
            join batch_job_execution_params p on p.job_execution_id = e.job_execution_id
            where p.parameter_name = 'job' and p.parameter_value = ?
            and e.status in ('COMPLETED', 'ABANDONED') and e.end_time < ?
            """;

    private static final String RUNNING =
            """
            select count(*) from batch_job_execution e
            join batch_job_execution_params p on p.job_execution_id = e.job_execution_id
            where p.parameter_name = 'job' and p.parameter_value = ?
            and e.start_time is not null and e.end_time is null
            """;

    private static final String OF_INSTANCE =
            "job_execution_id in (select job_execution_id from batch_job_execution where job_instance_id = ?)";

    /** In the order that foreign keys allow. */
    private static final List<String> DELETIONS =
            List.of(
                    "delete from batch_step_execution_context where step_execution_id in (select step_execution_id from batch_step_execution where "
                            + OF_INSTANCE
                            + ")",
                    "delete from batch_step_execution where " + OF_INSTANCE,
                    "delete from batch_job_execution_context where " + OF_INSTANCE,
                    "delete from batch_job_execution_params where " + OF_INSTANCE,
                    "delete from batch_job_execution where job_instance_id = ?",
                    "delete from batch_job_instance where job_instance_id = ?");

    private BatchHistory() {}

    /** Whether Spring Batch believes that an attempt of the job is running. */
    public static boolean hasRunning(DataSource state, String job) {
        return BatchJobs.haveTables(state)
                && JdbcClient.create(state).sql(RUNNING).param(job).query(Long.class).single() > 0;
    }

    /**
     * Deletes the metadata of attempts of a job that ended before an instant. Whoever calls holds
     * the lease.
     *
     * @return of how many attempts
     */
    public static int prune(DataSource state, String job, Instant before) {
        BatchJobs.createTables(state);
        JdbcClient jdbc = JdbcClient.create(state);
        TransactionTemplate together = new TransactionTemplate(new JdbcTransactionManager(state));
        // Spring Batch writes the local time of the process that ran the job
        LocalDateTime local = LocalDateTime.ofInstant(before, ZoneId.systemDefault());
        List<Long> instances = jdbc.sql(ENDED).params(job, local).query(Long.class).list();
        for (Long instance : instances) {
            together.executeWithoutResult(transaction ->
                    DELETIONS.forEach(sql -> jdbc.sql(sql).param(instance).update()));
        }
        return instances.size();
    }
}
