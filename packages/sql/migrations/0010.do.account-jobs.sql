-- What is done about a whole account, step by step and by several services: erasing it, or putting together what is
-- known of its owner. The steps themselves are outbox rows; these tables hold what outlasts a step.

create table if not exists account_jobs (
  job_id uuid primary key,
  user_id uuid not null references users (user_id) on delete cascade,
  kind text not null,
  messages text not null default 'keep', -- what becomes of what the owner wrote, where the account is erased
  remaining text[] not null, -- the services that have yet to do their part, the next one first
  requested_at timestamptz not null default now(),
  finished_at timestamptz,
  expires_at timestamptz, -- of an export: it goes then, finished or not
  is_complete boolean not null default true, -- false where an export grew too large and was cut
  constraint account_jobs_one_of_a_kind unique (user_id, kind),
  constraint account_jobs_kind_known check (kind in ('erase', 'export')),
  constraint account_jobs_messages_known check (messages in ('keep', 'delete'))
);

-- What an export has found, a piece for each step; `items` are JSON values with commas between them.
create table if not exists export_pieces (
  job_id uuid not null references account_jobs (job_id) on delete cascade,
  position integer not null,
  section text not null,
  items text not null,
  bytes integer not null,
  primary key (job_id, position)
);
