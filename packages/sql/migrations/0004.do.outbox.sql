-- Durable side effects, written with their cause. A row is deleted when its effect has happened.

create table if not exists outbox (
  outbox_id uuid primary key,
  topic text not null,
  key text not null, -- effects of one key happen one after the other, oldest first
  payload jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  due_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  attempts integer not null default 0,
  holder uuid,
  lease_until timestamptz,
  last_error text,
  dead_at timestamptz -- given up: kept for people to look at, no longer in anybody's way
);
create index if not exists outbox_by_key on outbox (topic, key, created_at, outbox_id) where dead_at is null;
create index if not exists outbox_by_due on outbox (topic, due_at) where dead_at is null;
