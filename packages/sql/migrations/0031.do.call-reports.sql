-- What is known of a call once it is over: how well media went, how much, and by which way.
alter table calls add column if not exists reported_at timestamptz;
-- What was over before has nothing more to be told of it.
update calls set reported_at = ended_at where ended_at is not null and reported_at is null;
create index if not exists calls_unreported on calls (ended_at) where ended_at is not null and reported_at is null;

-- Each room that somebody was connected to, where a call went from one to the next, says for itself what it measured, and
-- may say it again.
create table if not exists call_measures (
  participant_id uuid not null references call_participants (participant_id) on delete cascade,
  room_id uuid not null, -- one opening of the call's room at one process
  call_id uuid not null references calls (call_id) on delete cascade,
  sent_bytes bigint not null default 0,
  received_bytes bigint not null default 0,
  up_sum double precision not null default 0, -- of scores, for their average
  up_count integer not null default 0,
  up_worst double precision,
  down_sum double precision not null default 0,
  down_count integer not null default 0,
  down_worst double precision,
  over_udp boolean not null default false,
  over_tcp boolean not null default false,
  over_relay boolean not null default false,
  is_whole boolean not null default false, -- the stay in this room is over, and nothing of it is missing
  primary key (participant_id, room_id)
);
create index if not exists call_measures_of_call on call_measures (call_id);
