-- An attempt is one try to bring a window from the source into the sinks, counted per window from 1.
alter table tidemark_window rename column exported_generation to exported_attempt;
alter table tidemark_window rename column attempt_generation to attempt_number;
alter table tidemark_receipt rename column generation to attempt;
alter table tidemark_quarantine rename column generation to attempt;
alter table tidemark_open rename column generation to attempt;
