-- An attempt is one try to bring a window from the source into the sinks, counted per window from 1.
-- H2 commits every statement by itself: each can be repeated.
alter table tidemark_window alter column if exists exported_generation rename to exported_attempt;
alter table tidemark_window alter column if exists attempt_generation rename to attempt_number;
alter table tidemark_receipt alter column if exists generation rename to attempt;
alter table tidemark_quarantine alter column if exists generation rename to attempt;
alter table tidemark_open alter column if exists generation rename to attempt;
