package io.tidemark.run.batch;

import io.tidemark.ledger.GroupCommit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.DefaultJobKeyGenerator;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.dao.DefaultExecutionContextSerializer;
import org.springframework.batch.core.repository.support.JdbcJobRepositoryFactoryBean;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;

/**
 * Batch's repository, in Batch's own tables: executions at work are kept in memory, and their rows
 * are written {@linkplain GroupCommit in groups}. What was there before is read as Batch itself
 * reads it. For one process at a time, which holds the lease.
 */
final class GroupedJobRepository implements JobRepository {
    private static final int IDS_AT_ONCE = 50;
    private static final int LONGEST_TEXT = 2500;

    /** Batch's mark in the context of an execution that is not recovered a second time. */
    private static final String RECOVERED = "batch.recovered";

    /** So much of a longer context is also kept in the short column, as Batch does. */
    private static final int SHORTENED = 2500 - " ...".length();

    // the order in which rows of a group are written: foreign keys point back
    private static final int INSTANCE = 1;
    private static final int EXECUTION = 2;
    private static final int PARAMETERS = 3;
    private static final int JOB_CONTEXT = 4;
    private static final int STEP = 5;
    private static final int STEP_CONTEXT = 6;

    private final GroupCommit group;
    private final JdbcTemplate template;
    private final JobRepository stored;
    private final Ids instances;
    private final Ids executions;
    private final Ids steps;
    private final DefaultJobKeyGenerator keys = new DefaultJobKeyGenerator();
    private final DefaultExecutionContextSerializer serializer =
            new DefaultExecutionContextSerializer();
    private final Map<String, AtWork> atWork = new ConcurrentHashMap<>();

    /** An instance that this process works on, with all of its executions, oldest first. */
    private record AtWork(JobInstance instance, List<JobExecution> executions) {}

    private enum Table {
        EXECUTION,
        JOB_CONTEXT,
        STEP,
        STEP_CONTEXT
    }

    /** By which a row is known to the group. */
    private record RowKey(Table table, long id) {}

    GroupedJobRepository(DataSource dataSource, GroupCommit group, boolean isH2) {
        this.group = group;
        this.template = new JdbcTemplate(dataSource);
        this.stored = stored(dataSource);
        this.instances = new Ids("batch_job_instance_seq", isH2);
        this.executions = new Ids("batch_job_execution_seq", isH2);
        this.steps = new Ids("batch_step_execution_seq", isH2);
    }

    private static JobRepository stored(DataSource dataSource) {
        try {
            JdbcJobRepositoryFactoryBean factory = new JdbcJobRepositoryFactoryBean();
            factory.setDataSource(dataSource);
            factory.setTransactionManager(new JdbcTransactionManager(dataSource));
            factory.afterPropertiesSet();
            return factory.getObject();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Nobody in this process asks for that instance any more. */
    void release(String jobName, JobParameters parameters) {
        atWork.remove(key(jobName, parameters));
    }

    @Override
    public @Nullable JobInstance getJobInstance(String jobName, JobParameters parameters) {
        AtWork working = working(jobName, parameters);
        return working == null ? null : working.instance();
    }

    @Override
    public JobInstance createJobInstance(String jobName, JobParameters parameters) {
        JobInstance instance = new JobInstance(instances.next(), jobName);
        instance.incrementVersion();
        String key = key(jobName, parameters);
        atWork.put(key, new AtWork(instance, new ArrayList<>()));
        group.insert(
                instance,
                instance.getId(),
                INSTANCE,
                "insert into batch_job_instance (job_instance_id, job_name, job_key, version) values (?, ?, ?, ?)",
                instance.getId(),
                jobName,
                keys.generateKey(parameters),
                instance.getVersion());
        return instance;
    }

    @Override
    public JobExecution createJobExecution(
            JobInstance instance, JobParameters parameters, ExecutionContext context) {
        JobExecution execution = new JobExecution(executions.next(), instance, parameters);
        // the one before may have been recovered; this one may have to be
        ExecutionContext own = new ExecutionContext(context);
        own.remove(RECOVERED);
        execution.setExecutionContext(own);
        execution.incrementVersion();
        AtWork working = atWork.get(key(instance.getJobName(), parameters));
        if (working == null) {
            throw new IllegalStateException("an execution of nothing: " + instance);
        }
        working.executions().add(execution);
        long id = execution.getId();
        group.together(() -> {
            group.insert(
                    new RowKey(Table.EXECUTION, id),
                    instance.getId(),
                    EXECUTION,
                    "insert into batch_job_execution (start_time, end_time, status, exit_code, exit_message, version, last_updated, job_execution_id, job_instance_id, create_time) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    inserted(execution));
            parameters.forEach(parameter ->
                    group.insert(
                            new Object(),
                            instance.getId(),
                            PARAMETERS,
                            "insert into batch_job_execution_params (job_execution_id, parameter_name, parameter_type, parameter_value, identifying) values (?, ?, ?, ?, ?)",
                            id,
                            parameter.name(),
                            parameter.type().getName(),
                            String.valueOf(parameter.value()),
                            parameter.identifying() ? "Y" : "N"));
            group.insert(
                    new RowKey(Table.JOB_CONTEXT, id),
                    instance.getId(),
                    JOB_CONTEXT,
                    "insert into batch_job_execution_context (short_context, serialized_context, job_execution_id) values (?, ?, ?)",
                    context(own, id));
        });
        return execution;
    }

    @Override
    public StepExecution createStepExecution(String stepName, JobExecution execution) {
        StepExecution step = new StepExecution(steps.next(), stepName, execution);
        step.incrementVersion();
        execution.addStepExecution(step);
        long instance = execution.getJobInstanceId();
        group.together(() -> {
            group.insert(
                    new RowKey(Table.STEP, step.getId()),
                    instance,
                    STEP,
                    "insert into batch_step_execution (start_time, end_time, status, commit_count, read_count, filter_count, write_count, exit_code, exit_message, version, read_skip_count, process_skip_count, write_skip_count, rollback_count, last_updated, step_execution_id, step_name, job_execution_id, create_time) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    inserted(step));
            group.insert(
                    new RowKey(Table.STEP_CONTEXT, step.getId()),
                    instance,
                    STEP_CONTEXT,
                    "insert into batch_step_execution_context (short_context, serialized_context, step_execution_id) values (?, ?, ?)",
                    context(step.getExecutionContext(), step.getId()));
        });
        return step;
    }

    @Override
    public void update(JobExecution execution) {
        execution.setLastUpdated(LocalDateTime.now());
        if (execution.getStatus() == BatchStatus.STOPPING && execution.getEndTime() != null) {
            execution.upgradeStatus(BatchStatus.STOPPED);
        }
        execution.incrementVersion();
        group.update(
                new RowKey(Table.EXECUTION, execution.getId()),
                execution.getJobInstanceId(),
                EXECUTION,
                "update batch_job_execution set start_time = ?, end_time = ?, status = ?, exit_code = ?, exit_message = ?, version = ?, last_updated = ? where job_execution_id = ?",
                values(execution).toArray(),
                inserted(execution));
    }

    @Override
    public void updateExecutionContext(JobExecution execution) {
        @Nullable Object[] values = context(execution.getExecutionContext(), execution.getId());
        group.update(
                new RowKey(Table.JOB_CONTEXT, execution.getId()),
                execution.getJobInstanceId(),
                JOB_CONTEXT,
                "update batch_job_execution_context set short_context = ?, serialized_context = ? where job_execution_id = ?",
                values,
                values);
        execution.getExecutionContext().clearDirtyFlag();
    }

    @Override
    public void update(StepExecution step) {
        step.setLastUpdated(LocalDateTime.now());
        JobExecution execution = step.getJobExecution();
        if (execution.isStopped() || execution.isStopping()) {
            step.setTerminateOnly();
        }
        step.incrementVersion();
        group.update(
                new RowKey(Table.STEP, step.getId()),
                execution.getJobInstanceId(),
                STEP,
                "update batch_step_execution set start_time = ?, end_time = ?, status = ?, commit_count = ?, read_count = ?, filter_count = ?, write_count = ?, exit_code = ?, exit_message = ?, version = ?, read_skip_count = ?, process_skip_count = ?, write_skip_count = ?, rollback_count = ?, last_updated = ? where step_execution_id = ?",
                values(step).toArray(),
                inserted(step));
    }

    @Override
    public void updateExecutionContext(StepExecution step) {
        @Nullable Object[] values = context(step.getExecutionContext(), step.getId());
        group.update(
                new RowKey(Table.STEP_CONTEXT, step.getId()),
                step.getJobExecution().getJobInstanceId(),
                STEP_CONTEXT,
                "update batch_step_execution_context set short_context = ?, serialized_context = ? where step_execution_id = ?",
                values,
                values);
        step.getExecutionContext().clearDirtyFlag();
    }

    @Override
    public List<JobExecution> getJobExecutions(JobInstance instance) {
        return executionsOf(instance).reversed();
    }

    @Override
    public @Nullable JobExecution getLastJobExecution(JobInstance instance) {
        List<JobExecution> all = executionsOf(instance);
        return all.isEmpty() ? null : all.getLast();
    }

    @Override
    public @Nullable JobExecution getLastJobExecution(String jobName, JobParameters parameters) {
        AtWork working = working(jobName, parameters);
        return working == null || working.executions().isEmpty()
                ? null
                : working.executions().getLast();
    }

    /**
     * The one created last by its number: the local times that Batch goes by are turned back now
     * and then, and are those of other zones.
     */
    @Override
    public @Nullable StepExecution getLastStepExecution(JobInstance instance, String stepName) {
        return stepsOf(instance, stepName)
                .max(Comparator.comparingLong(StepExecution::getId))
                .orElse(null);
    }

    @Override
    public long getStepExecutionCount(JobInstance instance, String stepName) {
        return stepsOf(instance, stepName).count();
    }

    @Override
    public Set<JobExecution> findRunningJobExecutions(String jobName) {
        return stored.findRunningJobExecutions(jobName);
    }

    @Override
    public void deleteJobInstance(JobInstance instance) {
        atWork.values().removeIf(working -> working.instance().equals(instance));
        stored.deleteJobInstance(instance);
    }

    private Stream<StepExecution> stepsOf(JobInstance instance, String stepName) {
        return executionsOf(instance).stream()
                .flatMap(execution -> execution.getStepExecutions().stream())
                .filter(step -> step.getStepName().equals(stepName));
    }

    private List<JobExecution> executionsOf(JobInstance instance) {
        return atWork.values().stream()
                .filter(working -> working.instance().equals(instance))
                .findFirst()
                .map(AtWork::executions)
                .orElseThrow(() -> new IllegalStateException("nobody works on " + instance));
    }

    /** Null where there is no such instance. */
    private @Nullable AtWork working(String jobName, JobParameters parameters) {
        return atWork.computeIfAbsent(
                key(jobName, parameters),
                key -> {
                    JobInstance instance = stored.getJobInstance(jobName, parameters);
                    return instance == null
                            ? null
                            : new AtWork(
                                    instance,
                                    new ArrayList<>(
                                            stored.getJobExecutions(instance).stream()
                                                    .sorted(
                                                            Comparator.comparingLong(
                                                                    JobExecution::getId))
                                                    .toList()));
                });
    }

    private String key(String jobName, JobParameters parameters) {
        return jobName + " " + keys.generateKey(parameters);
    }

    private static List<@Nullable Object> values(JobExecution execution) {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(execution.getStartTime());
        values.add(execution.getEndTime());
        values.add(execution.getStatus().name());
        values.add(execution.getExitStatus().getExitCode());
        values.add(cut(execution.getExitStatus().getExitDescription()));
        values.add(execution.getVersion());
        values.add(execution.getLastUpdated());
        values.add(execution.getId());
        return values;
    }

    private static @Nullable Object[] inserted(JobExecution execution) {
        List<@Nullable Object> values = values(execution);
        values.add(execution.getJobInstanceId());
        values.add(execution.getCreateTime());
        return values.toArray();
    }

    private static List<@Nullable Object> values(StepExecution step) {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(step.getStartTime());
        values.add(step.getEndTime());
        values.add(step.getStatus().name());
        values.add(step.getCommitCount());
        values.add(step.getReadCount());
        values.add(step.getFilterCount());
        values.add(step.getWriteCount());
        values.add(step.getExitStatus().getExitCode());
        values.add(cut(step.getExitStatus().getExitDescription()));
        values.add(step.getVersion());
        values.add(step.getReadSkipCount());
        values.add(step.getProcessSkipCount());
        values.add(step.getWriteSkipCount());
        values.add(step.getRollbackCount());
        values.add(step.getLastUpdated());
        values.add(step.getId());
        return values;
    }

    private static @Nullable Object[] inserted(StepExecution step) {
        List<@Nullable Object> values = values(step);
        values.add(step.getStepName());
        values.add(step.getJobExecutionId());
        values.add(step.getCreateTime());
        return values.toArray();
    }

    private @Nullable Object[] context(ExecutionContext context, long id) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            serializer.serialize(context.toMap(), out);
            String text = out.toString(StandardCharsets.ISO_8859_1);
            return text.length() > LONGEST_TEXT
                    ? new @Nullable Object[] {text.substring(0, SHORTENED) + " ...", text, id}
                    : new @Nullable Object[] {text, null, id};
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static @Nullable String cut(@Nullable String text) {
        return text == null || text.length() <= LONGEST_TEXT
                ? text
                : text.substring(0, LONGEST_TEXT);
    }

    /** Numbers of a sequence, some at once. */
    private final class Ids {
        private final String sql;
        private final Queue<Long> taken = new ArrayDeque<>();

        Ids(String sequence, boolean isH2) {
            this.sql =
                    isH2
                            ? "select next value for %s from system_range(1, %d)"
                                    .formatted(sequence, IDS_AT_ONCE)
                            : "select nextval('%s') from generate_series(1, %d)"
                                    .formatted(sequence, IDS_AT_ONCE);
        }

        synchronized long next() {
            if (taken.isEmpty()) {
                taken.addAll(template.queryForList(sql, Long.class));
            }
            return taken.remove();
        }
    }
}
