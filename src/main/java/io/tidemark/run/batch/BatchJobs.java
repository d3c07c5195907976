package io.tidemark.run.batch;

import io.tidemark.failpoint.Failpoint;
import io.tidemark.ledger.GroupCommit;
import java.sql.DatabaseMetaData;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.configuration.support.MapJobRegistry;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.JobExecutionAlreadyRunningException;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.launch.support.TaskExecutorJobOperator;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.builder.ChunkOrientedStepBuilder;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Spring Batch over the job's state: its metadata stands in the database the ledger is in, and is
 * written together with it.
 */
public final class BatchJobs {
    // not by lower(name), which in H2 follows the locale of the process
    private static final String LAST_CREATED =
            """
            select count(*) from information_schema.sequences
            where sequence_schema = current_schema
            and sequence_name in ('BATCH_JOB_INSTANCE_SEQ', 'batch_job_instance_seq')
            """;

    private static final String JOB = "export";
    private static final String FETCH = "fetch";

    /** An item is all the pages of a chunk. */
    private static final int ITEMS_PER_CHUNK = 1;

    /** Held while tables are made; "tidebatc" as a number. */
    private static final String LOCK = "select pg_advisory_xact_lock(8388346167559287907)";

    private final String tag;
    private final GroupCommit group;
    private final GroupedJobRepository repository;
    private final JobOperator operator;

    private BatchJobs(DataSource dataSource, GroupCommit group, String tag) {
        this.group = group;
        this.tag = tag;
        this.repository =
                new GroupedJobRepository(
                        dataSource, group, platform(dataSource).equals(DatabaseDriver.H2.getId()));
        TaskExecutorJobOperator inThisThread = new TaskExecutorJobOperator();
        inThisThread.setJobRepository(repository);
        inThisThread.setJobRegistry(new MapJobRegistry());
        inThisThread.setTaskExecutor(new SyncTaskExecutor());
        try {
            inThisThread.afterPropertiesSet();
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
        this.operator = inThisThread;
    }

    /** Spring Batch's tables where they are missing, and the indexes its schema does without. */
    static void createTables(DataSource dataSource) {
        String platform = platform(dataSource);
        // all or none of them
        new TransactionTemplate(new JdbcTransactionManager(dataSource))
                .executeWithoutResult(transaction -> {
                    if (platform.equals(DatabaseDriver.POSTGRESQL.getId())) {
                        // two that create at once would both find nothing
                        JdbcClient.create(dataSource).sql(LOCK).query().singleRow();
                    }
                    if (!haveTables(dataSource)) {
                        create(dataSource, platform);
                    }
                    if (!haveIndexes(dataSource, platform)) {
                        execute(dataSource, "io/tidemark/sql/batch/foreign_key_indexes.sql");
                    }
                });
    }

    /**
     * PostgreSQL locks a table before it looks whether the index is there, table by table, and so
     * against those who write to them in another order: on a deadlock one of them would fail.
     */
    private static boolean haveIndexes(DataSource dataSource, String platform) {
        return platform.equals(DatabaseDriver.POSTGRESQL.getId())
                && JdbcClient.create(dataSource)
                        .sql("select to_regclass('batch_step_execution_execution') is not null")
                        .query(Boolean.class)
                        .single();
    }

    private static void create(DataSource dataSource, String platform) {
        if (platform.equals(DatabaseDriver.H2.getId())) {
            // it commits every table by itself, and an earlier process may have died half-way
            execute(dataSource, "org/springframework/batch/core/schema-drop-h2.sql");
        }
        execute(dataSource, "org/springframework/batch/core/schema-%s.sql".formatted(platform));
    }

    private static void execute(DataSource dataSource, String script) {
        new ResourceDatabasePopulator(new ClassPathResource(script)).execute(dataSource);
    }

    private static String platform(DataSource dataSource) {
        try {
            String product =
                    JdbcUtils.extractDatabaseMetaData(
                            dataSource, DatabaseMetaData::getDatabaseProductName);
            return DatabaseDriver.fromProductName(product).getId();
        } catch (MetaDataAccessException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Whether all of Spring Batch's tables are there: looks for what its schema creates last. */
    static boolean haveTables(DataSource dataSource) {
        return JdbcClient.create(dataSource).sql(LAST_CREATED).query(Long.class).single() > 0;
    }

    /**
     * @param group in which its metadata is written
     * @param tag tells this state from every other one, in at most 8 characters. Batch keeps what
     *     steps are at in one map for the whole JVM, by the step's name and numbers that each state
     *     counts from 1
     */
    public static BatchJobs over(DataSource dataSource, GroupCommit group, String tag) {
        createTables(dataSource);
        return new BatchJobs(dataSource, group, tag);
    }

    /**
     * Runs an attempt, from its beginning or from where it was. Steps that are done are not done
     * again.
     *
     * @param steps what follows the fetch, in this order
     */
    public Ended run(AttemptKey key, Fetching fetching, List<CheapStep> steps, StopRequest stop)
            throws Exception {
        SimpleJobBuilder job = new JobBuilder(JOB, repository).start(fetch(fetching, stop));
        steps.forEach(step -> job.next(cheap(step)));
        JobExecution execution;
        try {
            execution = operator.start(job.build(), key.parameters());
        } finally {
            group.afterwards(written -> repository.release(JOB, key.parameters()));
        }
        return switch (execution.getStatus()) {
            case COMPLETED -> new Ended.Completed();
            case STOPPED -> new Ended.Stopped();
            case FAILED, ABANDONED, UNKNOWN, STARTING, STARTED, STOPPING ->
                    new Ended.Failed(cause(execution));
        };
    }

    private static Throwable cause(JobExecution execution) {
        List<Throwable> failures = execution.getAllFailureExceptions();
        return failures.isEmpty()
                ? new IllegalStateException("the batch job ended as " + execution.getStatus())
                : failures.getFirst();
    }

    private Step fetch(Fetching fetching, StopRequest stop) {
        PageNormaliser normaliser = new PageNormaliser(fetching.source().schema());
        StagePageWriter writer = new StagePageWriter(fetching, normaliser::reuse);
        return new ChunkOrientedStepBuilder<Item, Item>(named(FETCH), repository, ITEMS_PER_CHUNK)
                .reader(new PageReader(fetching, writer::committed, group.isEager()))
                .processor(normaliser)
                .writer(writer)
                .transactionManager(
                        new CommitEdges(group, Failpoint.CHUNK_SAVED, Failpoint.CHUNK_COMMITTED))
                .interruptionPolicy(stop)
                .build();
    }

    private Step cheap(CheapStep step) {
        Tasklet tasklet =
                (StepContribution contribution, ChunkContext chunk) -> {
                    StepExecution fetch =
                            repository.getLastStepExecution(
                                    contribution
                                            .getStepExecution()
                                            .getJobExecution()
                                            .getJobInstance(),
                                    named(FETCH));
                    if (fetch == null) {
                        throw new IllegalStateException("nothing was fetched");
                    }
                    step.work().on(FetchResult.load(fetch.getExecutionContext()));
                    return RepeatStatus.FINISHED;
                };
        return new StepBuilder(named(step.name()), repository)
                .tasklet(tasklet, new CommitEdges(group, step.saved(), step.committed()))
                .allowStartIfComplete(step.again())
                .build();
    }

    private String named(String step) {
        return step + " " + tag;
    }

    /**
     * The attempt to work on: the planned one where it can be begun or gone on with, else the next
     * that can. What a dead process left running is recovered; whoever calls holds the lease, so
     * that nobody else is running it.
     */
    public AttemptKey free(AttemptKey planned) {
        AttemptKey key = planned;
        while (true) {
            JobExecution last = repository.getLastJobExecution(JOB, key.parameters());
            if (last == null) {
                // where its process died before the instance had an execution, Batch cannot begin
                Optional.ofNullable(repository.getJobInstance(JOB, key.parameters()))
                        .ifPresent(repository::deleteJobInstance);
                return key;
            }
            switch (last.getStatus()) {
                case STARTING, STARTED, STOPPING -> {
                    operator.recover(last);
                    return key;
                }
                case FAILED, STOPPED -> {
                    // a kill can leave a failed job with a step that still runs
                    if (last.getStepExecutions().stream()
                            .anyMatch(step -> step.getStatus().isRunning())) {
                        last.setStatus(BatchStatus.STARTED);
                        operator.recover(last);
                    }
                    return key;
                }
                case COMPLETED, ABANDONED, UNKNOWN -> key = key.next();
            }
        }
    }

    /** Nobody comes back to this attempt. */
    public void abandon(AttemptKey key) {
        JobExecution last = repository.getLastJobExecution(JOB, key.parameters());
        if (last != null) {
            abandon(last);
        }
    }

    private void abandon(JobExecution ended) {
        try {
            operator.abandon(ended);
        } catch (JobExecutionAlreadyRunningException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Ends what Batch believes is running of a job: under the lease, that is always the work of a
     * process that died. Where it died between a window's entry and the end of its batch job, there
     * is nothing to go on with.
     *
     * @param unfinished attempts that the ledger knows to go on with
     */
    public void recover(String job, Set<AttemptKey> unfinished) {
        Set<JobParameters> wanted =
                unfinished.stream().map(AttemptKey::parameters).collect(Collectors.toSet());
        for (JobExecution execution : repository.findRunningJobExecutions(JOB)) {
            if (job.equals(execution.getJobParameters().getString("job"))) {
                JobExecution ended = operator.recover(execution);
                if (!wanted.contains(execution.getJobParameters())) {
                    abandon(ended);
                }
            }
        }
    }
}
