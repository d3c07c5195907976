-- One row per asynchronous invocation, the newest state of it that is known.
--
-- Tidemark makes this table where a postgres sink has none, under the name the job file gives, and
-- refuses a table that does not fit. More columns of your own are welcome where they may be null or
-- have a default. Times are UTC. COLLATE "C": ids need no language, and load a quarter faster.

CREATE TABLE async_invocations (
    function_urn  text COLLATE "C" NOT NULL,
    region        text COLLATE "C" NOT NULL,
    project_id    text COLLATE "C" NOT NULL,
    package       text COLLATE "C" NOT NULL,
    function_name text COLLATE "C" NOT NULL,
    version       text COLLATE "C" NOT NULL,  -- latest where the URN names none; an alias keeps its !
    request_id    text COLLATE "C" NOT NULL,
    status        text COLLATE "C" NOT NULL,  -- WAITING, RUNNING, SUCCEEDED, FAILED, DISCARDED, UNKNOWN
    raw_status    text COLLATE "C" NOT NULL,  -- the source's own word
    error_code    bigint,                     -- 0 on success
    error_message text,
    start_time    timestamp with time zone,
    end_time      timestamp with time zone,
    duration_ms   bigint,                     -- end - start
    PRIMARY KEY (function_urn, request_id)
);
