-- A conversation together with how it stands with one of those who are or were in it. Places in lists are microseconds,
-- because a Date has only milliseconds.

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
    else members.changed_at end) * 1000000)::bigint as changed_us
from members join conversations on conversations.conversation_id = members.conversation_id;

create index if not exists conversations_empty on conversations (conversation_id) where member_count = 0;
