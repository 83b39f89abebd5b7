-- Lobbies of calls: who asks to be let in, and what a moderator said to him.
alter table calls add column if not exists has_lobby boolean not null default false;

create table if not exists call_admissions (
  call_id uuid not null references calls (call_id) on delete cascade,
  user_id uuid not null,
  status text not null,
  asked_at timestamptz not null,
  waits_until timestamptz, -- null unless he waits
  decided_by uuid,
  primary key (call_id, user_id),
  constraint call_admissions_status_known check (
    status in ('waiting', 'admitted', 'denied', 'missed', 'withdrawn', 'banned')),
  constraint call_admissions_waiting_or_not check ((status = 'waiting') = (waits_until is not null))
);
create index if not exists call_admissions_of_user on call_admissions (user_id, call_id);
create index if not exists call_admissions_due on call_admissions (waits_until) where waits_until is not null;

-- Until now the stay that it ended told of a ban.
insert into call_admissions (call_id, user_id, status, asked_at)
select distinct call_id, user_id, 'banned', ended.left_at from (
  select call_id, user_id, max(left_at) as left_at from call_participants
  where left_reason = 'banned' group by call_id, user_id
) as ended join calls using (call_id) where calls.ended_at is null
on conflict do nothing;
