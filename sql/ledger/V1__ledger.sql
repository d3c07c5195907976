-- The ledger: what has been exported. Runs on H2 (the embedded state) and on PostgreSQL alike. H2 commits every
-- statement by itself, so that a killed process may leave some of it: each statement can be repeated.

-- One row per job: what its state is called, how often it changed, and who may write.
create table if not exists tidemark_job (
    job          varchar(200) primary key,
    lineage      varchar(36)  not null,           -- given once; tells one state from another of the same name
    serial       bigint       not null,           -- grows with every change of the ledger
    lease_epoch  bigint       not null,           -- grows with every holder; only the newest may write
    holder       varchar(500),                    -- who holds or held the lease, for people
    holder_since timestamp with time zone
);

-- One row per window. "exported" is the last reading that stands in the sinks, "attempt" the reading that
-- has begun and not ended; both are there while an exported window is read again.
create table if not exists tidemark_window (
    job                varchar(200) not null,
    function_urn       varchar(500) not null,     -- always with its version
    window_from        timestamp with time zone not null,
    window_to          timestamp with time zone not null,
    exported_generation integer,
    exported_at        timestamp with time zone,
    records            bigint,                    -- distinct records of the window, in every sink
    open_records       bigint,                    -- of these, still waiting or running
    quarantined        bigint,
    source_count       bigint,                    -- null: the source gave no usable total
    verdict            varchar(20),               -- COMPLETE, INCOMPLETE, UNPROVEN
    verdict_reason     text,
    source_identity    text,                      -- what of the job file decides which records these are
    attempt_generation integer,
    attempt_since      timestamp with time zone,
    attempt_identity   text,                      -- source_identity when it began
    attempt_failure    text,                      -- null: interrupted
    primary key (job, function_urn, window_from, window_to)
);

-- What the sinks said, per reading of a window.
create table if not exists tidemark_receipt (
    job          varchar(200) not null,
    function_urn varchar(500) not null,
    window_from  timestamp with time zone not null,
    window_to    timestamp with time zone not null,
    generation   integer not null,
    sink         varchar(1000) not null,
    place        text,                            -- null: a window without records has no file
    row_count    bigint not null,
    byte_count   bigint,
    sha256       varchar(64),
    primary key (job, function_urn, window_from, window_to, generation, sink)
);

-- Records that could not be normalised, as they came.
create table if not exists tidemark_quarantine (
    job          varchar(200) not null,
    function_urn varchar(500) not null,
    window_from  timestamp with time zone not null,
    window_to    timestamp with time zone not null,
    generation   integer not null,
    ordinal      bigint not null,
    reason       text not null,
    raw          text not null,                   -- JSON of the source
    primary key (job, function_urn, window_from, window_to, generation, ordinal)
);

-- Records that were still waiting or running when their window was read, to ask for them by their ids.
create table if not exists tidemark_open (
    job          varchar(200) not null,
    function_urn varchar(500) not null,
    window_from  timestamp with time zone not null,
    window_to    timestamp with time zone not null,
    generation   integer not null,
    request_id   varchar(512) not null,
    status       varchar(20) not null,
    primary key (job, function_urn, window_from, window_to, generation, request_id)
);
