-- Recordings of calls. What a call is told of its recording stands in its row; what becomes of it outlasts the call.
alter table calls add column if not exists recording_id uuid; -- null unless everybody in it is being recorded
alter table calls add column if not exists recording_status text;
alter table calls add column if not exists recording_by uuid;
alter table calls add column if not exists recording_at timestamptz;
alter table calls drop constraint if exists calls_recording_whole;
alter table calls add constraint calls_recording_whole check (
  (recording_id is null) = (recording_status is null) and (recording_id is null) = (recording_by is null)
  and (recording_id is null) = (recording_at is null)
  and (recording_status is null or recording_status in ('waiting', 'recording'))
  and (recording_id is null or ended_at is null));

create table if not exists recordings (
  recording_id uuid primary key,
  call_id uuid not null, -- without a reference: its bytes go first, then its row
  conversation_id uuid not null,
  status text not null default 'waiting',
  started_by uuid not null,
  asked_at timestamptz not null default clock_timestamp(),
  begun_at timestamptz,
  stopped_at timestamptz,
  stopped_by uuid,
  stop_reason text,
  ready_at timestamptz,
  duration_ms bigint,
  manifest_sha256 text,
  erased_tracks integer not null default 0, -- of accounts that are gone
  constraint recordings_status_known check (status in ('waiting', 'recording', 'storing', 'ready', 'failed')),
  constraint recordings_over_or_not check ((stopped_at is null) = (status in ('waiting', 'recording')))
);
create index if not exists recordings_of_call on recordings (call_id, recording_id);
create index if not exists recordings_storing on recordings (stopped_at) where status = 'storing';
create index if not exists recordings_over on recordings (stopped_at) where stopped_at is not null;

-- Which nodes recorded some of it, and whether all that they kept is stored.
create table if not exists recording_nodes (
  recording_id uuid not null references recordings (recording_id) on delete cascade,
  node text not null,
  is_done boolean not null default false,
  primary key (recording_id, node)
);
create index if not exists recording_nodes_open on recording_nodes (node) where not is_done;

-- The files of a recording that are stored, and what could not be recorded.
create table if not exists recording_segments (
  segment_id uuid primary key,
  recording_id uuid not null references recordings (recording_id) on delete cascade,
  participant_id uuid not null,
  user_id uuid not null,
  source text not null,
  kind text not null,
  content_type text not null,
  offset_ms bigint not null,
  duration_ms bigint not null,
  bytes bigint not null,
  sha256 text, -- null where nothing could be recorded
  ended_by text not null
);
create index if not exists recording_segments_of_recording on recording_segments (recording_id, offset_ms);
create index if not exists recording_segments_of_user on recording_segments (user_id);
