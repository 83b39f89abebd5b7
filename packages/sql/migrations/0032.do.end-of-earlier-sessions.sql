-- A backup does not know the sessions that began after it: a restore ends all that began before itself, by the time that
-- their ids carry.
alter table revocations add column if not exists ends_earlier boolean not null default false;
