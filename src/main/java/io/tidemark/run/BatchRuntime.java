package io.tidemark.run;

import javax.sql.DataSource;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.batch.jdbc.autoconfigure.BatchJdbcAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Spring Batch over the job's state: the repository is the database the ledger is in, so that a
 * batch step and its ledger entry are one transaction.
 */
final class BatchRuntime implements AutoCloseable {
    private final ConfigurableApplicationContext context;

    @SpringBootConfiguration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        DataSourceTransactionManagerAutoConfiguration.class,
        TransactionAutoConfiguration.class,
        BatchJdbcAutoConfiguration.class
    })
    static class Configuration {}

    private BatchRuntime(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static BatchRuntime over(DataSource dataSource) {
        SpringApplication application =
                new SpringApplicationBuilder(Configuration.class)
                        .web(WebApplicationType.NONE)
                        .bannerMode(org.springframework.boot.Banner.Mode.OFF)
                        .logStartupInfo(false)
                        // a signal must stop the windows first, and the pool after them
                        .registerShutdownHook(false)
                        .properties(
                                "spring.batch.job.enabled=false",
                                "spring.batch.jdbc.initialize-schema=always",
                                // the default, SERIALIZABLE, fails when windows start side by side
                                "spring.batch.jdbc.isolation-level-for-create=read_committed",
                                "spring.main.allow-bean-definition-overriding=false")
                        .initializers(context ->
                                context.getBeanFactory()
                                        .registerSingleton("dataSource", dataSource))
                        .build();
        application.setAddCommandLineProperties(false);
        return new BatchRuntime(application.run());
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

    /** The state's pool stays open: it belongs to whoever opened it. */
    @Override
    public void close() {
        context.close();
    }
}
