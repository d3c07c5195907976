-- Does the table hold what was published, per job, function and day?
--
-- One row per day on which windows begin, in the job's zone. `published` is what the receipts
-- counted when they were written; `standing` is how many rows with a start time within those windows
-- stand in the table now; `missing` is what would have to be explained. Two things explain it without
-- a loss: rows that have no start time, which belong to no day and are counted per function in
-- `undated`, and rows whose start time turned out to lie in another window. `standing` is greater
-- where another job publishes into the same table.

WITH days AS (
    SELECT job, function_urn, window_date,
           count(*) AS windows, sum(row_count) AS published,
           min(window_from) AS first_from, max(window_to) AS last_to
    FROM tidemark_receipts
    WHERE table_name = 'async_invocations'
    GROUP BY job, function_urn, window_date
), undated AS (
    SELECT function_urn, count(*) AS undated
    FROM async_invocations
    WHERE start_time IS NULL
    GROUP BY function_urn
)
SELECT job, days.function_urn, window_date, windows, published,
       count(request_id) AS standing,
       greatest(published - count(request_id), 0) AS missing,
       coalesce(undated, 0) AS undated
FROM days
LEFT JOIN undated ON undated.function_urn = days.function_urn
LEFT JOIN async_invocations AS invocation
       ON invocation.function_urn = days.function_urn AND start_time >= first_from AND start_time < last_to
GROUP BY job, days.function_urn, window_date, windows, published, undated
ORDER BY job, days.function_urn, window_date;
