-- How large what is recorded begins, so that nobody has to fetch it to know.
alter table recording_segments add column if not exists width integer;
alter table recording_segments add column if not exists height integer;
