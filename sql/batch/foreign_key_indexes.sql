-- Spring Batch's schema has no indexes on its foreign keys: looking up the executions of a window, and
-- pruning, would read whole tables.
create index if not exists batch_job_execution_instance on batch_job_execution (job_instance_id);
create index if not exists batch_job_execution_params_execution on batch_job_execution_params (job_execution_id);
create index if not exists batch_step_execution_execution on batch_step_execution (job_execution_id);
