-- The one file of a recording that people can watch: asked for once it is wanted, made by whichever process takes it.
create table if not exists recording_composites (
  recording_id uuid primary key references recordings (recording_id) on delete cascade,
  composite_id uuid not null, -- under which its file is kept; another one whenever it is made of other tracks
  status text not null default 'waiting',
  reason text,
  asked_by uuid, -- null where the settings ask for all
  asked_at timestamptz not null default clock_timestamp(),
  due_at timestamptz not null default clock_timestamp(),
  attempts integer not null default 0,
  holder uuid, -- the process that makes it
  lease_until timestamptz,
  finished_at timestamptz,
  duration_ms bigint,
  width integer,
  height integer,
  bytes bigint,
  sha256 text,
  constraint recording_composites_status_known check (status in ('waiting', 'working', 'done', 'failed')),
  constraint recording_composites_held check (
    (status = 'working') = (holder is not null) and (holder is null) = (lease_until is null)),
  constraint recording_composites_whole check (
    (status = 'failed') = (reason is not null) and (status = 'done') = (sha256 is not null)
    and (status in ('done', 'failed')) = (finished_at is not null))
);
create index if not exists recording_composites_open on recording_composites (due_at)
  where status in ('waiting', 'working');
