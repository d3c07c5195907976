package io.tidemark.run;

import java.sql.DatabaseMetaData;
import java.time.LocalDateTime;
import javax.sql.DataSource;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
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
final class BatchRuntime implements AutoCloseable {
    // not by lower(name), which in H2 follows the locale of the process
    private static final String LAST_CREATED =
            """
            select count(*) from information_schema.sequences
            where sequence_schema = current_schema
            and sequence_name in ('BATCH_JOB_INSTANCE_SEQ', 'batch_job_instance_seq')
            """;

    private final DataSource dataSource;
    private final ConfigurableApplicationContext context;

    @SpringBootConfiguration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        DataSourceTransactionManagerAutoConfiguration.class,
        TransactionAutoConfiguration.class,
        BatchJdbcAutoConfiguration.class
    })
    static class Configuration {}

    private BatchRuntime(DataSource dataSource, ConfigurableApplicationContext context) {
        this.dataSource = dataSource;
        this.context = context;
    }

    /** Spring Batch's tables where they are missing, and the indexes its schema does without. */
    static void createTables(DataSource dataSource) {
        if (!haveTables(dataSource)) {
            // all or none of them
            new TransactionTemplate(new JdbcTransactionManager(dataSource))
                    .executeWithoutResult(transaction -> create(dataSource, platform(dataSource)));
        }
        execute(dataSource, "io/tidemark/sql/batch/foreign_key_indexes.sql");
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

    static BatchRuntime over(DataSource dataSource) {
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
        return new BatchRuntime(dataSource, application.run());
    }

    JobRepository repository() {
        return context.getBean(JobRepository.class);
    }

    JobOperator operator() {
        return context.getBean(JobOperator.class);
    }

    PlatformTransactionManager transactions() {
        return context.getBean(PlatformTransactionManager.class);
    }

    /**
     * Spring Batch takes that execution of a step for the last one which was created last by the
     * local time of its process. Where that was set back since, or is of another zone, those of
     * before would still stand in front of those to come: they are put at this instant, where the
     * order of their ids decides.
     */
    void putBehindWhatIsToCome(JobInstance instance) {
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
