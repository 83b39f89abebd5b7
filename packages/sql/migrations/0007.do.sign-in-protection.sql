-- What protects signing in: counted attempts, devices that were here before, and second factors. auth-service alone
-- reads these tables; nothing in them is usable by whoever steals them.

-- How often in a row somebody failed. A counter is a keyed hash, so it tells neither the account nor the network.
create table if not exists login_counters (
  counter text primary key,
  failures integer not null default 0,
  locked_until timestamptz,
  changed_at timestamptz not null default clock_timestamp()
);
create index if not exists login_counters_by_time on login_counters (changed_at);

-- Attempts under way, and those of the last minute that failed.
create table if not exists login_attempts (
  attempt_id uuid primary key,
  counter text not null,
  network text, -- null where the attempt counts for no network: a known device is no stranger
  is_failed boolean not null default false,
  started_at timestamptz not null default clock_timestamp()
);
create index if not exists login_attempts_of_counter on login_attempts (counter);
create index if not exists login_attempts_of_network on login_attempts (network, started_at);
create index if not exists login_attempts_by_time on login_attempts (started_at);

-- Devices from which somebody signed in: strangers' failures do not keep them out.
create table if not exists known_devices (
  device_id uuid primary key,
  user_id uuid not null references users (user_id) on delete cascade,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now()
);
create index if not exists known_devices_of_user on known_devices (user_id, last_seen_at);
create index if not exists known_devices_by_time on known_devices (last_seen_at);

alter table users add column if not exists totp_enabled_at timestamptz; -- null: the password is enough

-- Secrets of authenticator apps, also of those whose owner has not yet shown that the app works.
create table if not exists totp_secrets (
  user_id uuid primary key references users (user_id) on delete cascade,
  sealed_secret bytea not null,
  last_step integer not null default 0, -- no code of this time step or an earlier one counts any more
  created_at timestamptz not null default now()
);

-- Codes for who lost the app; a used one is gone.
create table if not exists recovery_codes (
  user_id uuid not null references users (user_id) on delete cascade,
  code_hash bytea not null,
  primary key (user_id, code_hash)
);
