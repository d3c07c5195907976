-- Which invocations were still waiting or running when they were last read?
--
-- Their rows will change with a later apply, for as long as the job's `settle` lets open windows be
-- read again. Those that have run longest first; those that still wait, without a start time, last.

SELECT function_urn, request_id, status, raw_status, start_time,
       date_trunc('second', now() - start_time) AS running_for
FROM async_invocations
WHERE status IN ('WAITING', 'RUNNING')
ORDER BY start_time NULLS LAST, function_urn, request_id;
