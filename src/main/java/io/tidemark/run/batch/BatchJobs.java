package io.tidemark.run.batch;

import io.tidemark.failpoint.Failpoint;
import java.sql.DatabaseMetaData;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.JobExecutionAlreadyRunningException;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.builder.ChunkOrientedStepBuilder;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.batch.jdbc.autoconfigure.BatchJdbcAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Spring Batch over the job's state: the repository is the database the ledger is in, so that a
 * batch step and its ledger entry are one transaction.
 */
public final class BatchJobs implements AutoCloseable {
    // not by lower(name), which in H2 follows the locale of the process
    private static final String LAST_CREATED =
            """
            select count(*) from information_schema.sequences
            where sequence_schema = current_schema
            and sequence_name in ('BATCH_JOB_INSTANCE_SEQ', 'batch_job_instance_seq')
            """;

    private static final String JOB = "export";
    private static final String FETCH = "fetch";

    /**
     * A page is what a kill costs: committing one takes about a millisecond, reading it much more.
     */
    private static final int PAGES_PER_CHUNK = 1;

    private final DataSource dataSource;

    /** Held while tables are made; "tidebatc" as a number. */
    private static final String LOCK = "select pg_advisory_xact_lock(8388346167559287907)";

    private final String tag;
    private final ConfigurableApplicationContext context;
    private final JobRepository repository;
    private final JobOperator operator;

    @SpringBootConfiguration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        DataSourceTransactionManagerAutoConfiguration.class,
        TransactionAutoConfiguration.class,
        BatchJdbcAutoConfiguration.class
    })
    static class Configuration {}

    private BatchJobs(DataSource dataSource, String tag, ConfigurableApplicationContext context) {
        this.dataSource = dataSource;
        this.tag = tag;
        this.context = context;
        this.repository = context.getBean(JobRepository.class);
        this.operator = context.getBean(JobOperator.class);
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
                    execute(dataSource, "io/tidemark/sql/batch/foreign_key_indexes.sql");
                });
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
     * @param tag tells this state from every other one, in at most 8 characters. Batch keeps what
     *     steps are at in one map for the whole JVM, by the step's name and numbers that each state
     *     counts from 1
     */
    public static BatchJobs over(DataSource dataSource, String tag) {
        createTables(dataSource);
        SpringApplication application =
                new SpringApplicationBuilder(Configuration.class)
                        .web(WebApplicationType.NONE)
                        .bannerMode(org.springframework.boot.Banner.Mode.OFF)
                        .logStartupInfo(false)
                        // a signal must stop the windows first, and the pool after them
                        .registerShutdownHook(false)
                        .properties(
                                "spring.batch.job.enabled=false",
                                "spring.batch.jdbc.initialize-schema=never",
                                // the default, SERIALIZABLE, fails when windows start side by side
                                "spring.batch.jdbc.isolation-level-for-create=read_committed",
                                "spring.main.allow-bean-definition-overriding=false")
                        .initializers(context ->
                                context.getBeanFactory()
                                        .registerSingleton("dataSource", dataSource))
                        .build();
        application.setAddCommandLineProperties(false);
        return new BatchJobs(dataSource, tag, application.run());
    }

    /** Of the state's database: what joins one is committed together with Batch's own rows. */
    public PlatformTransactionManager transactions() {
        return context.getBean(PlatformTransactionManager.class);
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
        JobExecution execution = operator.start(job.build(), key.parameters());
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
        return new ChunkOrientedStepBuilder<Item, Item>(named(FETCH), repository, PAGES_PER_CHUNK)
                .reader(new PageReader(fetching, writer::committed))
                .processor(normaliser)
                .writer(writer)
                .transactionManager(
                        new CommitEdges(
                                transactions(), Failpoint.CHUNK_SAVED, Failpoint.CHUNK_COMMITTED))
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
                .tasklet(tasklet, new CommitEdges(transactions(), step.saved(), step.committed()))
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
                    putBehindWhatIsToCome(last.getJobInstance());
                    return key;
                }
                case FAILED, STOPPED -> {
                    // a kill can leave a failed job with a step that still runs
                    if (last.getStepExecutions().stream()
                            .anyMatch(step -> step.getStatus().isRunning())) {
                        last.setStatus(BatchStatus.STARTED);
                        operator.recover(last);
                    }
                    putBehindWhatIsToCome(last.getJobInstance());
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

    /**
     * Spring Batch takes that execution of a step for the last one which was created last by the
     * local time of its process. Where that was set back since, or is of another zone, those of
     * before would still stand in front of those to come: they are put at this instant, where the
     * order of their ids decides.
     */
    private void putBehindWhatIsToCome(JobInstance instance) {
        LocalDateTime now = LocalDateTime.now();
        JdbcClient.create(dataSource)
                .sql(
                        "update batch_step_execution set create_time = ? where create_time > ? and job_execution_id in (select job_execution_id from batch_job_execution where job_instance_id = ?)")
                .params(now, now, instance.getInstanceId())
                .update();
    }

    /** The state's pool stays open: it belongs to whoever opened it. */
    @Override
    public void close() {
        context.close();
    }
}
