-- How long do the invocations of each function take, in milliseconds?
--
-- Over those that have begun and ended, whatever became of them. Each percentile is the duration of
-- an invocation that happened: p95 is the shortest one that at least 95 in 100 did not exceed.

SELECT function_urn,
       count(*) AS invocations,
       percentile_disc(0.50) WITHIN GROUP (ORDER BY duration_ms) AS p50_ms,
       percentile_disc(0.95) WITHIN GROUP (ORDER BY duration_ms) AS p95_ms,
       percentile_disc(0.99) WITHIN GROUP (ORDER BY duration_ms) AS p99_ms,
       max(duration_ms) AS max_ms
FROM async_invocations
WHERE duration_ms IS NOT NULL
GROUP BY function_urn
ORDER BY p95_ms DESC, function_urn;
