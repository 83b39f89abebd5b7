-- The audit log: rows are added, chained once, and dropped after their time; nothing else ever changes them.

create table if not exists audit_events (
  event_id uuid primary key,
  occurred_at timestamptz not null,
  service text not null,
  user_id uuid,
  session_hash text,
  resource text not null,
  action text not null,
  target_id uuid, -- whom or what it was done to
  result text not null,
  reason text,
  client_ip text,
  request_id text,
  trace_id text,
  chain_seq bigint, -- null until the chain job has reached the row
  prev_hash bytea,
  hash bytea,
  constraint audit_events_chain_unique unique (chain_seq),
  constraint audit_events_result_known check (result in ('allowed', 'denied', 'failed'))
);
create index if not exists audit_events_unchained on audit_events (event_id) where chain_seq is null;
create index if not exists audit_events_by_time on audit_events (occurred_at);
create index if not exists audit_events_of_user on audit_events (user_id, occurred_at);
create index if not exists audit_events_of_target on audit_events (target_id, occurred_at) where target_id is not null;

-- The chain's ends: the newest row, and the newest that retention has dropped. One job at a time holds the lease.
create table if not exists audit_chain (
  name text primary key,
  last_seq bigint not null default 0,
  last_hash bytea not null,
  dropped_seq bigint not null default 0,
  dropped_hash bytea not null,
  holder uuid,
  lease_until timestamptz not null default clock_timestamp()
);
insert into audit_chain (name, last_hash, dropped_hash) values ('audit', '', '') on conflict (name) do nothing;
