-- Notifications of calls that were missed.

alter table notifications add column if not exists call_id uuid;
alter table notifications drop constraint if exists notifications_kind_known;
alter table notifications add constraint notifications_kind_known check (
  kind in ('message', 'mention', 'reaction', 'poll_closed', 'group_added', 'friend_request', 'file_refused',
    'call_missed'));

-- As before, and with the call, which has no place in the log.
create or replace view own_notifications as
select
  notifications.notification_id, notifications.user_id, notifications.kind, notifications.conversation_id,
  notifications.seq, notifications.message_seq, notifications.message_id, notifications.actor_id,
  notifications.created_at,
  (extract(epoch from notifications.created_at) * 1000000)::bigint as created_us,
  notifications.read_at is not null or coalesce(notifications.seq <= members.read_seq, false) as is_read,
  notifications.file_id, notifications.call_id
from notifications
left join members on members.conversation_id = notifications.conversation_id
  and members.user_id = notifications.user_id and members.left_at is null
left join conversations on conversations.conversation_id = notifications.conversation_id
where (notifications.conversation_id is null or (members.user_id is not null
    and (notifications.kind = 'call_missed'
      or coalesce(notifications.message_seq, notifications.seq)
        > greatest(members.visible_from - 1, conversations.history_start_seq))))
  and (notifications.kind <> 'friend_request' or exists (
    select 1 from friendships
    where low_id = least(notifications.user_id, notifications.actor_id)
      and high_id = greatest(notifications.user_id, notifications.actor_id)
      and state = 'requested' and asked_by = notifications.actor_id))
  and (notifications.message_seq is null or not exists (
    select 1 from conversation_log log
    where log.conversation_id = notifications.conversation_id and (
      (log.seq = notifications.message_seq and log.expires_at <= clock_timestamp())
      or (log.target_seq = notifications.message_seq and log.kind = 'message.deleted'))))
  and (notifications.message_seq is null or case notifications.kind
    when 'reaction' then exists (
      select 1 from reactions
      where reactions.user_id = notifications.actor_id and reactions.conversation_id = notifications.conversation_id
        and reactions.seq = notifications.message_seq)
    when 'poll_closed' then exists (
      select 1 from polls
      where polls.conversation_id = notifications.conversation_id and polls.seq = notifications.message_seq)
    else true end)
  and not exists (
    select 1 from blocks
    where (blocks.user_id = notifications.user_id and blocks.blocked_id = notifications.actor_id)
      or (blocks.user_id = notifications.actor_id and blocks.blocked_id = notifications.user_id));

-- Calls are forgotten some time after they are over.
create index if not exists calls_over on calls (ended_at) where ended_at is not null;
