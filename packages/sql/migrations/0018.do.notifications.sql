-- What people are notified of, and the devices that it is pushed to. chat-service writes these tables. None of them
-- holds what anybody wrote: a notification says what it is about, and its words are read when it is shown.

-- How far each conversation's events have been looked at for whom they concern. The log itself is what says that
-- somebody is to be notified, so a send does nothing for it. No row: nothing was looked at yet.
create table if not exists notification_state (
  conversation_id uuid primary key references conversations (conversation_id) on delete cascade,
  notified_seq bigint not null default 0
);
-- What was there before there were notifications is news to nobody.
insert into notification_state (conversation_id, notified_seq)
select conversation_id, last_seq from conversations where last_seq > 0
on conflict (conversation_id) do nothing;

create table if not exists notifications (
  notification_id uuid primary key,
  user_id uuid not null,
  kind text not null,
  conversation_id uuid,
  seq bigint, -- of the event; read by who has read the conversation as far as this
  message_seq bigint, -- of the message that it is about; deleted with it
  message_id uuid,
  actor_id uuid,
  created_at timestamptz not null default clock_timestamp(),
  read_at timestamptz,
  constraint notifications_kind_known check (
    kind in ('message', 'mention', 'reaction', 'poll_closed', 'group_added', 'friend_request'))
);
create index if not exists notifications_of_user on notifications (user_id, created_at, notification_id);
create index if not exists notifications_of_message on notifications (conversation_id, message_seq);
create index if not exists notifications_by_time on notifications (created_at);
-- However many messages wait in a conversation, one notification says so.
create unique index if not exists notifications_of_messages on notifications (user_id, conversation_id)
  where kind = 'message';
-- Somebody who asks again asks once.
create unique index if not exists notifications_of_requests on notifications (user_id, actor_id)
  where kind = 'friend_request';

create table if not exists notification_preferences (
  user_id uuid primary key,
  preferences jsonb not null, -- what somebody said; the rest is as usual
  changed_at timestamptz not null default clock_timestamp()
);

-- The app on a device, by Firebase's name for it. It belongs to whoever is signed in there, while that session lives.
create table if not exists push_tokens (
  token_id uuid primary key,
  user_id uuid not null,
  session_id uuid not null,
  token text not null,
  type text not null,
  platform text not null,
  device_id text,
  registered_at timestamptz not null default clock_timestamp(),
  constraint push_tokens_token_unique unique (token)
);
create index if not exists push_tokens_of_user on push_tokens (user_id, registered_at);
create index if not exists push_tokens_of_session on push_tokens (session_id);

-- Tokens whose session lives: others get nothing, even before they are removed.
create or replace view live_push_tokens as
select push_tokens.*
from push_tokens join sessions on sessions.session_id = push_tokens.session_id
where sessions.status = 'live' and sessions.user_id = push_tokens.user_id
  and sessions.idle_expires_at > clock_timestamp() and sessions.absolute_expires_at > clock_timestamp();

-- Members together with what they want to hear of; who never said so hears of everything.
create or replace view notifiable_members as
select
  conversation_id, members.user_id, visible_from, read_seq,
  case when notification_until <= clock_timestamp() then 'all' else notification_level end as notification_level,
  coalesce((preferences ->> 'message_enabled')::boolean, true) as message_enabled,
  coalesce((preferences ->> 'system_enabled')::boolean, true) as system_enabled,
  coalesce((preferences ->> 'push_enabled')::boolean, true) as push_enabled
from members left join notification_preferences on notification_preferences.user_id = members.user_id
where left_at is null;

-- Notifications as their people may see them now: not those of conversations that they left, of what is hidden from
-- them or was deleted, not those of people who are blocked by now, and requests only while they wait for an answer.
create or replace view own_notifications as
select
  notifications.notification_id, notifications.user_id, notifications.kind, notifications.conversation_id,
  notifications.seq, notifications.message_seq, notifications.message_id, notifications.actor_id,
  notifications.created_at,
  (extract(epoch from notifications.created_at) * 1000000)::bigint as created_us,
  notifications.read_at is not null or coalesce(notifications.seq <= members.read_seq, false) as is_read
from notifications
left join members on members.conversation_id = notifications.conversation_id
  and members.user_id = notifications.user_id and members.left_at is null
left join conversations on conversations.conversation_id = notifications.conversation_id
where (notifications.conversation_id is null or (members.user_id is not null
    and coalesce(notifications.message_seq, notifications.seq)
      > greatest(members.visible_from - 1, conversations.history_start_seq)))
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
  and not exists (
    select 1 from blocks
    where (blocks.user_id = notifications.user_id and blocks.blocked_id = notifications.actor_id)
      or (blocks.user_id = notifications.actor_id and blocks.blocked_id = notifications.user_id));
