-- Which functions fail, with which error, how often and since when?
--
-- One row per function, status and error; an error is its code and the first line of its message, up
-- to 120 characters. The most frequent first.

SELECT function_urn, status, error_code,
       left(split_part(error_message, E'\n', 1), 120) AS error,
       count(*) AS invocations,
       min(start_time) AS first_seen,
       max(start_time) AS last_seen
FROM async_invocations
WHERE status IN ('FAILED', 'DISCARDED')
GROUP BY 1, 2, 3, 4
ORDER BY invocations DESC, function_urn, status, error_code, error;
