-- What the server keeps for end-to-end encryption: devices and their public keys, messages from device to device, key
-- backups that it cannot read, and the order of what encrypted groups agree on. chat-service writes these tables.

create table if not exists devices (
  user_id uuid not null,
  device_id uuid not null, -- chosen by the device, so that a repeat finds it; other people may have the same
  session_id uuid, -- the sign-in that the device uses now
  name text not null,
  identity_key text, -- null until the device uploads keys
  signed_pre_key jsonb,
  last_position bigint not null default 0, -- of the newest message in its queue
  created_at timestamptz not null default clock_timestamp(),
  primary key (user_id, device_id),
  constraint devices_of_session unique (session_id)
);

-- Keys that wait to be handed out. The digest is of the key itself, so that none of a person's is kept twice.
create table if not exists one_time_keys (
  user_id uuid not null,
  device_id uuid not null,
  kind text not null,
  digest bytea not null,
  key_id integer, -- of a pre-key
  body text not null,
  is_last_resort boolean not null default false, -- stays, and is handed out when there is no other
  uploaded_at timestamptz not null default clock_timestamp(),
  primary key (user_id, digest),
  constraint one_time_keys_of_device foreign key (user_id, device_id) references devices on delete cascade,
  constraint one_time_keys_id_unique unique (user_id, device_id, key_id),
  constraint one_time_keys_kind_known check (kind in ('pre_key', 'key_package'))
);
create index if not exists one_time_keys_waiting on one_time_keys (user_id, device_id, kind, uploaded_at);

-- Which keys were handed out: whoever uploads one of them again, it never goes out a second time.
create table if not exists handed_out_keys (
  user_id uuid not null,
  digest bytea not null,
  primary key (user_id, digest)
);

-- How often somebody was given keys of another within a day, so that nobody uses them all up.
create table if not exists key_claims (
  claimer_id uuid not null,
  target_id uuid not null,
  claims integer not null,
  began_at timestamptz not null,
  primary key (claimer_id, target_id)
);
create index if not exists key_claims_by_time on key_claims (began_at);

-- What devices send each other, kept until the receiving one says that it has it. Gapless in position.
create table if not exists device_messages (
  user_id uuid not null,
  device_id uuid not null,
  position bigint not null,
  sender_id uuid not null,
  sender_device_id uuid not null,
  ciphertext text, -- null where it is the welcome of a commit, which many devices share
  commit_id uuid,
  welcome integer,
  created_at timestamptz not null default clock_timestamp(),
  primary key (user_id, device_id, position),
  constraint device_messages_of_device foreign key (user_id, device_id) references devices on delete cascade
);
create index if not exists device_messages_by_time on device_messages (created_at);

create table if not exists key_backups (
  user_id uuid primary key,
  version integer not null,
  backup text not null,
  updated_at timestamptz not null default clock_timestamp()
);

-- The keys that an encrypted conversation agreed on change by commits, one for each epoch.
alter table conversations add column if not exists group_epoch bigint not null default 0;
-- Who is in it changed without a commit: nothing is sent until one has followed.
alter table conversations add column if not exists rekey_required boolean not null default false;
-- Who left since the last commit: the next one has to take their keys out.
alter table conversations add column if not exists departed_ids uuid[] not null default '{}';
update conversations set rekey_required = true where is_e2ee_enabled;

create table if not exists group_commits (
  commit_id uuid primary key,
  conversation_id uuid not null references conversations (conversation_id) on delete cascade,
  group_epoch bigint not null, -- which it began
  seq bigint not null, -- of its event
  sender_id uuid not null,
  client_id text not null,
  body_hash bytea not null,
  commit_message text not null,
  group_info text, -- of the newest one only
  created_at timestamptz not null default clock_timestamp(),
  constraint group_commits_one_an_epoch unique (conversation_id, group_epoch),
  constraint group_commits_client_id_unique unique (conversation_id, sender_id, client_id)
);
create index if not exists group_commits_by_time on group_commits (created_at);

create table if not exists group_welcomes (
  commit_id uuid not null references group_commits (commit_id) on delete cascade,
  welcome integer not null,
  ciphertext text not null,
  primary key (commit_id, welcome)
);

create or replace view own_conversations as
select
  conversations.conversation_id, type, pair, title, avatar_url, created_by, is_e2ee_enabled, message_ttl_seconds,
  retention_days, history, log_epoch, last_seq, member_count, created_at, conversations.changed_at,
  members.user_id, role, joined_at, left_at, visible_from, read_seq,
  greatest(message_count - read_number, 0) as unread_count,
  case when notification_until <= clock_timestamp() then 'all' else notification_level end as notification_level,
  case when notification_until > clock_timestamp() then notification_until end as notification_until,
  case when last_message_seq > greatest(visible_from - 1, history_start_seq) then last_message_seq end
    as last_message_seq,
  (extract(epoch from conversations.changed_at) * 1000000)::bigint as active_us,
  (extract(epoch from case when left_at is null then greatest(conversations.changed_at, members.changed_at)
    else members.changed_at end) * 1000000)::bigint as changed_us,
  group_epoch, rekey_required
from members join conversations on conversations.conversation_id = members.conversation_id;
