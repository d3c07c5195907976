-- What Tidemark has published into the tables of this schema: one row per table, job and window,
-- written in the transaction that writes the window's rows.

CREATE TABLE tidemark_receipts (
    table_name   text COLLATE "C" NOT NULL,  -- the table in this schema that holds the rows
    job          text COLLATE "C" NOT NULL,
    function_urn text COLLATE "C" NOT NULL,
    window_from  timestamp with time zone NOT NULL,
    window_to    timestamp with time zone NOT NULL,  -- the first instant after the window
    window_date  date NOT NULL,                      -- the day it begins on, in the job's zone
    generation   integer NOT NULL,                   -- which reading of the window this is, from 1
    row_count    bigint NOT NULL,                    -- rows of the window, counted in the table
    rows_inside  bigint,                             -- of these, how many start within the window
    keys_inside  numeric,                            -- sum of hashes of their request ids, to compare them by
    published_at timestamp with time zone NOT NULL DEFAULT now(),
    PRIMARY KEY (table_name, job, function_urn, window_from, window_to)
);
