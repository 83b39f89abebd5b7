-- Links that are mailed, and what keeps them few. auth-service alone reads these tables. None of them holds a token:
-- it is made of a row's id and salt with a key that is not in the database, when its mail goes out and when it comes back.

-- Links that count: one for each purpose, a new one takes the place of the one before, and a used one is gone.
create table if not exists mail_tokens (
  token_id uuid primary key,
  user_id uuid not null references users (user_id) on delete cascade,
  purpose text not null,
  salt bytea not null,
  new_email text, -- of an e-mail change: the address that its mail goes to
  expires_at timestamptz not null,
  constraint mail_tokens_one_live unique (user_id, purpose),
  constraint mail_tokens_purpose_known check (purpose in ('verification', 'password-reset', 'email-change'))
);
create index if not exists mail_tokens_by_end on mail_tokens (expires_at);

-- How many mails were asked for in the hour that began with the first. A counter is a keyed hash of an address.
create table if not exists mail_counts (
  counter text primary key,
  mails integer not null,
  began_at timestamptz not null
);
create index if not exists mail_counts_by_time on mail_counts (began_at);

-- Addresses that accounts had until lately: whoever reads there has to hear of the change too.
create table if not exists former_emails (
  change_id uuid primary key,
  user_id uuid not null references users (user_id) on delete cascade,
  email text not null,
  changed_at timestamptz not null default clock_timestamp()
);
create index if not exists former_emails_of_user on former_emails (user_id);
create index if not exists former_emails_by_time on former_emails (changed_at);
