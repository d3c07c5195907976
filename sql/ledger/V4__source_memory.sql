-- What was found out about an endpoint, in the words of the source, which alone reads them. The columns before
-- hold what earlier versions knew of it.
alter table tidemark_source_meaning add column if not exists memory text;
update tidemark_source_meaning
    set memory = filter_time || ' ' || begin_bound || ' ' || end_bound || ' ' || cast(samples as varchar(20))
    where memory is null;
alter table tidemark_source_meaning alter column filter_time drop not null;
alter table tidemark_source_meaning alter column begin_bound drop not null;
alter table tidemark_source_meaning alter column end_bound drop not null;
alter table tidemark_source_meaning alter column samples drop not null;
