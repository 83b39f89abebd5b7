-- Accounts and how they sign in. auth-service writes these tables; others read through packages/directory and tokens.
-- Every statement may run twice, and is in the SQL that Postgres, PGlite and CockroachDB share.

create table if not exists users (
  user_id uuid primary key,
  email text not null,
  email_key text not null, -- the address in lower case: one account for each
  username text not null,
  username_key text not null,
  display_name text not null,
  avatar_url text,
  role text not null default 'user',
  status text not null default 'offline',
  password_hash text not null,
  pepper_id text not null,
  email_verified_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint users_email_unique unique (email_key),
  constraint users_username_unique unique (username_key),
  constraint users_role_known check (role in ('user', 'admin'))
);

create table if not exists sessions (
  session_id uuid primary key,
  user_id uuid not null references users (user_id) on delete cascade,
  device_name text,
  network text not null,
  salt bytea not null,
  generation integer not null,
  rotated_at timestamptz not null, -- when the current generation replaced the one before
  status text not null default 'live',
  ended_at timestamptz,
  ended_reason text,
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  idle_expires_at timestamptz not null,
  absolute_expires_at timestamptz not null,
  constraint sessions_status_known check (status in ('live', 'ended'))
);
create index if not exists sessions_of_user on sessions (user_id, status, last_used_at);

create table if not exists public_keys (
  kid text primary key,
  jwk jsonb not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null -- when auth-service last held the key
);

-- Ends the access tokens of a session before their time. Readers sweep by created_at and go back some seconds,
-- because rows commit in another order than they are stamped.
create table if not exists revocations (
  session_id uuid primary key,
  created_at timestamptz not null default clock_timestamp()
);
create index if not exists revocations_by_time on revocations (created_at);
