-- What the window of an endpoint filters, as it was found out by asking. Holds for every job of this state.
create table if not exists tidemark_source_meaning (
    endpoint    varchar(1000) primary key,
    filter_time varchar(20) not null,             -- START, END, HIDDEN
    begin_bound varchar(20) not null,             -- INCLUDED, EXCLUDED, UNKNOWN
    end_bound   varchar(20) not null,
    samples     integer     not null              -- how many records have shown it
);
