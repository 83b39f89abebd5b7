-- Calls. video-service writes these tables; the others read through packages/directory.

create table if not exists calls (
  call_id uuid primary key,
  conversation_id uuid not null references conversations (conversation_id) on delete cascade,
  is_direct boolean not null, -- of a conversation of two, who end it by leaving
  call_type text not null,
  caller_id uuid not null,
  status text not null default 'ringing',
  version bigint not null default 1, -- raised by each change of the call and of who is in it
  rings_until timestamptz, -- null once it rings at nobody
  created_at timestamptz not null default clock_timestamp(),
  answered_at timestamptz,
  ended_at timestamptz,
  end_reason text,
  ended_by uuid,
  recovering_since timestamptz, -- its room was lost, and nobody has come back yet
  constraint calls_type_known check (call_type in ('audio', 'video')),
  constraint calls_status_known check (
    status in ('ringing', 'active', 'ended', 'missed', 'declined', 'cancelled', 'busy')),
  constraint calls_over_or_not check ((ended_at is null) = (status in ('ringing', 'active')))
);
create index if not exists calls_of_conversation on calls (conversation_id, call_id);
create index if not exists calls_of_caller on calls (caller_id, call_id);
-- Two who call each other at the same moment, or two of a group, make one call and not two.
create unique index if not exists calls_live on calls (conversation_id) where ended_at is null;
create index if not exists calls_ringing on calls (rings_until) where rings_until is not null;

-- Each callee answers for himself.
create table if not exists call_invites (
  call_id uuid not null references calls (call_id) on delete cascade,
  user_id uuid not null,
  status text not null default 'ringing',
  answered_by uuid, -- the session that accepted or declined
  answered_at timestamptz,
  primary key (call_id, user_id),
  constraint call_invites_status_known check (
    status in ('ringing', 'accepted', 'declined', 'busy', 'missed', 'cancelled'))
);
create index if not exists call_invites_of_user on call_invites (user_id, call_id);
create index if not exists call_invites_ringing on call_invites (user_id) where status = 'ringing';

-- Each stay of somebody in a call; at most one of a person goes on.
create table if not exists call_participants (
  participant_id uuid primary key,
  call_id uuid not null references calls (call_id) on delete cascade,
  user_id uuid not null,
  role text not null default 'member',
  session_id uuid not null, -- the sign-in that is in the call, or was last
  connection integer not null default 0, -- raised by each connection, so that a resume token counts once
  joined_at timestamptz not null default clock_timestamp(),
  resume_until timestamptz, -- null while connected: else he has left when this is over
  left_at timestamptz,
  left_reason text,
  constraint call_participants_role_known check (role in ('host', 'member'))
);
create index if not exists call_participants_of_call on call_participants (call_id, joined_at);
create index if not exists call_participants_of_user on call_participants (user_id, call_id);
create unique index if not exists call_participants_present on call_participants (call_id, user_id) where left_at is null;
create index if not exists call_participants_away on call_participants (resume_until)
  where left_at is null and resume_until is not null;

-- Which node has the room of a call. Beside the call's own row, so that a lease is kept without locking the call.
create table if not exists call_rooms (
  call_id uuid primary key references calls (call_id) on delete cascade,
  node text not null, -- as signaling URLs name it
  holder uuid not null, -- the process: another one of the same node begins anew
  lease_until timestamptz not null,
  ready_at timestamptz not null default clock_timestamp() -- when this holder could be connected to
);

-- Who may know of which call: who is in its conversation now. What was over before he came is none of his, where that
-- is so for messages too. This is the one place that says so.
create or replace view call_viewers as
select calls.call_id, members.user_id
from calls join members on members.conversation_id = calls.conversation_id and members.left_at is null
where calls.ended_at is null or members.visible_from <= 1 or calls.ended_at >= members.joined_at;
