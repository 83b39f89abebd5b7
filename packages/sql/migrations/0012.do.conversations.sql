-- Conversations, who is in them, and the log of all that happens in them. chat-service writes these tables; the others
-- read through packages/directory.

create table if not exists conversations (
  conversation_id uuid primary key,
  type text not null,
  pair text, -- of a direct one: both people's ids in order, so that two people have one
  title text,
  avatar_url text,
  created_by uuid not null,
  is_e2ee_enabled boolean not null default false,
  message_ttl_seconds integer,
  retention_days integer,
  history text not null default 'all',
  log_epoch bigint not null default 1, -- raised by nothing but a restore from backup
  last_seq bigint not null default 0,
  message_count bigint not null default 0, -- people's messages so far
  last_message_seq bigint not null default 0, -- of the newest of them, 0 where there is none
  history_start_seq bigint not null default 0, -- what retention removed: everything up to here
  member_count integer not null,
  created_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(), -- written by the last statement of a transaction
  constraint conversations_pair_unique unique (pair),
  constraint conversations_type_known check (type in ('direct', 'group')),
  constraint conversations_history_known check (history in ('all', 'joined'))
);
create index if not exists conversations_by_change on conversations (changed_at);

create table if not exists members (
  conversation_id uuid not null references conversations (conversation_id) on delete cascade,
  user_id uuid not null,
  role text not null,
  joined_at timestamptz not null default clock_timestamp(),
  left_at timestamptz, -- kept for 30 days, so that devices that were away hear of it
  visible_from bigint not null, -- the first seq this person may see
  read_seq bigint not null default 0,
  read_number bigint not null default 0, -- the conversation's message_count as it was at read_seq
  notification_level text not null default 'all',
  notification_until timestamptz,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (conversation_id, user_id),
  constraint members_role_known check (role in ('owner', 'admin', 'member')),
  constraint members_level_known check (notification_level in ('all', 'mentions', 'none'))
);
create index if not exists members_of_user on members (user_id, left_at);
create index if not exists members_by_change on members (user_id, changed_at);
create index if not exists members_gone on members (left_at) where left_at is not null;

-- Gapless in seq. Holds every event above the conversation's log_start; what lies at or below it is in the archive.
create table if not exists conversation_log (
  conversation_id uuid not null,
  seq bigint not null,
  log_epoch bigint not null,
  kind text not null,
  actor_id uuid, -- who did it; null where nobody did, as when a message expires
  message_id uuid, -- of message.created
  target_seq bigint, -- of what changes an earlier event
  number bigint not null, -- people's messages up to here
  content text, -- the one place of text; emptied when its message is deleted
  data jsonb not null,
  expires_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  primary key (conversation_id, seq)
);
create unique index if not exists conversation_log_messages on conversation_log (message_id) where message_id is not null;
create index if not exists conversation_log_targets on conversation_log (conversation_id, target_seq) where target_seq is not null;

-- What was sent under which id of the sender's, so that a repeat finds it. Kept for 7 days; never text.
create table if not exists sends (
  conversation_id uuid not null,
  sender_id uuid not null,
  client_id text not null,
  message_id uuid not null,
  seq bigint not null,
  body_hash bytea not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (conversation_id, sender_id, client_id)
);
create index if not exists sends_by_time on sends (created_at);

-- Beside the conversation's own row, which every send locks, so that archiving never waits for sends or they for it.
create table if not exists archive_state (
  conversation_id uuid primary key references conversations (conversation_id) on delete cascade,
  log_start bigint not null default 0, -- the log holds every event above this
  archived_seq bigint not null default 0, -- the archive has applied every event up to this
  holder uuid,
  lease_until timestamptz
);

-- The archive, where there is no Cassandra: messages as they are after every event up to `applied`, which is
-- log_epoch * 2^40 + seq; a row is only ever replaced by one with a greater number.
create table if not exists archived_messages (
  conversation_id uuid not null,
  seq bigint not null,
  message_id uuid not null,
  applied bigint not null,
  number bigint not null,
  sender_id uuid not null,
  content text,
  data jsonb not null,
  versions jsonb not null default '[]'::jsonb, -- earlier texts, oldest first
  edited_at timestamptz,
  deleted_at timestamptz,
  deletion_reason text,
  expires_at timestamptz,
  created_at timestamptz not null,
  primary key (conversation_id, seq),
  constraint archived_messages_id_unique unique (message_id)
);

create table if not exists expiring_messages (
  conversation_id uuid not null,
  seq bigint not null,
  due_at timestamptz not null,
  primary key (conversation_id, seq)
);
create index if not exists expiring_messages_by_time on expiring_messages (due_at);

-- Frames for all sockets of a person, written with their cause and kept for a minute.
create table if not exists user_frames (
  frame_id uuid primary key,
  user_id uuid not null,
  frame jsonb not null,
  created_at timestamptz not null default clock_timestamp()
);
create index if not exists user_frames_by_time on user_frames (created_at);

-- What a request with an Idempotency-Key made, so that a repeat answers it. Kept for 24 hours.
create table if not exists idempotency_keys (
  user_id uuid not null,
  operation text not null,
  key text not null,
  body_hash bytea not null,
  made_id uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (user_id, operation, key)
);
create index if not exists idempotency_keys_by_time on idempotency_keys (created_at);

-- What messages may refer to. storage-service writes the files, chat-service the references.
create table if not exists files (
  file_id uuid primary key,
  owner_id uuid not null,
  state text not null default 'live',
  created_at timestamptz not null default clock_timestamp(),
  constraint files_state_known check (state in ('pending', 'live', 'deleted'))
);

create table if not exists file_references (
  file_id uuid not null references files (file_id) on delete cascade,
  conversation_id uuid not null,
  seq bigint not null,
  expires_at timestamptz,
  primary key (file_id, conversation_id, seq)
);
create index if not exists file_references_of_message on file_references (conversation_id, seq);
