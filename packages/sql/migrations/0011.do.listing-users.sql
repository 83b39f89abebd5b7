-- Administrators list accounts by when they were made and by when they were last used.
create index if not exists users_by_creation on users (created_at, user_id);
create index if not exists sessions_by_use on sessions (last_used_at, user_id);
create index if not exists sessions_uses_of_user on sessions (user_id, last_used_at, session_id);
