-- What people are to each other, and how they find one another. auth-service writes these tables; the others ask
-- packages/directory.

-- One row for each pair, whoever asked, so that there can never be two answers to whether they are friends.
create table if not exists friendships (
  low_id uuid not null references users (user_id) on delete cascade,
  high_id uuid not null references users (user_id) on delete cascade,
  state text not null,
  asked_by uuid not null,
  request_id uuid not null, -- of the newest request; sorts by its time
  changed_at timestamptz not null default now(),
  primary key (low_id, high_id),
  constraint friendships_ordered check (low_id < high_id),
  constraint friendships_state_known check (state in ('requested', 'friends', 'rejected')),
  constraint friendships_asked_by_one check (asked_by in (low_id, high_id))
);
create index if not exists friendships_of_high on friendships (high_id, low_id);

create table if not exists blocks (
  user_id uuid not null references users (user_id) on delete cascade,
  blocked_id uuid not null references users (user_id) on delete cascade,
  reason text,
  blocked_at timestamptz not null default now(),
  primary key (user_id, blocked_id),
  constraint blocks_somebody_else check (user_id <> blocked_id)
);
create index if not exists blocks_of_blocked on blocks (blocked_id, user_id);

-- Each account's names as the search compares them: without case and accents, a space before each word. `grams` holds
-- every two neighbouring characters of it. An index over arrays finds any substring by them, in Postgres, PGlite and
-- CockroachDB alike and without an extension; trigram indexes need one, and are of no use for two characters.
create table if not exists user_search (
  user_id uuid primary key references users (user_id) on delete cascade,
  words text not null,
  grams text[] not null
);
create index if not exists user_search_by_grams on user_search using gin (grams);

-- Accounts that are older than the search are found by their names as they are written, until they change them.
insert into user_search (user_id, words, grams)
select user_id, words, array(select distinct substr(words, place, 2) from generate_series(1, length(words) - 1) as place)
from (select user_id, ' ' || upper(username) || ' ' || upper(display_name) as words from users) as named
on conflict (user_id) do nothing;

alter table users add column if not exists avatar_file_id uuid; -- instead of avatar_url: a file of storage-service
