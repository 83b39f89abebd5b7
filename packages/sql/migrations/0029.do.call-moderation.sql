-- Hosts of calls, what they keep people from, and who is not let in.
alter table calls add column if not exists is_locked boolean not null default false;
alter table call_participants add column if not exists held_sources jsonb not null default '[]';
alter table call_participants add column if not exists hand_raised_at timestamptz;
alter table call_participants alter column role set default 'speaker';
alter table call_participants drop constraint if exists call_participants_role_known;
update call_participants set role = 'speaker' where role = 'member';
alter table call_participants add constraint call_participants_role_known check (
  role in ('host', 'cohost', 'speaker', 'listener'));
