-- What people add to what was said: reactions, pins, polls and their votes; and who keeps to himself what he has read.
-- chat-service writes these tables, each with the event that tells of it. `seq` is a message's or a poll's place in its
-- conversation, so it makes no difference whether the message is in the log or in the archive.

create table if not exists reactions (
  conversation_id uuid not null,
  seq bigint not null,
  emoji text not null,
  user_id uuid not null,
  reacted_at timestamptz not null default clock_timestamp(),
  primary key (conversation_id, seq, emoji, user_id)
);
create index if not exists reactions_of_user on reactions (user_id, conversation_id, seq);

create table if not exists pins (
  conversation_id uuid not null,
  seq bigint not null,
  pinned_by uuid, -- null where that account was erased
  pinned_at timestamptz not null default clock_timestamp(),
  primary key (conversation_id, seq)
);
create index if not exists pins_of_user on pins (pinned_by) where pinned_by is not null;

create table if not exists polls (
  poll_id uuid primary key,
  conversation_id uuid not null,
  seq bigint not null,
  created_by uuid not null,
  question text not null,
  options jsonb not null, -- [{option_id, text}], in the order in which they are shown
  poll_type text not null,
  allow_vote_change boolean not null,
  expires_at timestamptz, -- when it closes by itself
  closed_at timestamptz,
  vanishes_at timestamptz, -- where messages of its conversation do
  created_at timestamptz not null,
  constraint polls_place_unique unique (conversation_id, seq),
  constraint polls_type_known check (poll_type in ('single', 'multi'))
);
create index if not exists polls_of_user on polls (created_by, poll_id);
create index if not exists polls_to_close on polls (expires_at) where closed_at is null and expires_at is not null;

-- Polls as they are at this moment: closed from the second on in which they expire, gone when messages would be.
create or replace view current_polls as
select poll_id, conversation_id, seq, created_by, question, options, poll_type, allow_vote_change, expires_at, created_at,
  case when closed_at is null and expires_at <= clock_timestamp() then expires_at else closed_at end as closed_at
from polls where vanishes_at is null or vanishes_at > clock_timestamp();

create table if not exists poll_votes (
  poll_id uuid not null references polls (poll_id) on delete cascade,
  user_id uuid not null,
  option_id uuid not null,
  voted_at timestamptz not null default clock_timestamp(),
  primary key (poll_id, user_id, option_id)
);
create index if not exists poll_votes_of_user on poll_votes (user_id, poll_id);

alter table members add column if not exists delivered_seq bigint not null default 0;

-- Those who do not show others how far they have read; all others do.
create table if not exists hidden_receipts (
  user_id uuid primary key
);

-- Reactions and votes are events about a message too, and there may be many more of them than changes of its text.
create index if not exists conversation_log_changes on conversation_log (conversation_id, target_seq, seq)
  where kind in ('message.edited', 'message.deleted');
drop index if exists conversation_log_targets;
