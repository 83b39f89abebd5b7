import { newId, type Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { findEnds } from '../log/find-ends.ts'
import { enqueuePushes } from '../push/enqueue-pushes.ts'
import { listNotable, lockStretches, moveNotified } from '../stores/notification-state.ts'
import { type NewNotification, saveNotifications } from '../stores/notifications.ts'
import { findConcerns, notableKinds } from './concerns.ts'
import { findNews } from './find-news.ts'

const eventsPerPass = 1_000

export type Notifying = Pick<Context, 'fanOut' | 'kv' | 'activity'>

type Added = Omit<NewNotification, 'notification_id'>

/** Of what says the same only the last: several reactions of one person to a message are one to whose it is. */
function sayOnce(added: readonly Added[]): Added[] {
  const keyed = added.map((one): [string, Added] => {
    const { user_id, kind, conversation_id, seq, message_seq, actor_id, file_id, call_id } = one
    const place = kind === 'reaction' ? message_seq : seq
    return [JSON.stringify([user_id, kind, conversation_id, place, actor_id, file_id, call_id]), one]
  })
  return [...new Map(keyed).values()]
}

/** Puts notifications into people's lists and tells their sockets. */
export async function addNotifications(
  tx: Transaction,
  added: readonly Added[],
  { fanOut }: Pick<Context, 'fanOut'>,
): Promise<void> {
  if (added.length === 0) return
  const notifications = sayOnce(added).map((one) => ({
    file_id: null,
    call_id: null,
    ...one,
    notification_id: newId(),
  }))
  await saveNotifications(tx, notifications)
  const frames = notifications.map(({ user_id: userId, message_seq: _seq, ...news }) => {
    return { userId, frame: { type: 'notification', ...news } } as const
  })
  await fanOut.addUserFrames(tx, frames)
}

/**
 * Notifies people of what happened in conversations since this was done last, exactly once: how far each was looked at
 * moves on in the same transaction. Answers whether that was all.
 */
export async function notify(
  tx: Transaction,
  conversationIds: readonly string[],
  context: Notifying,
): Promise<{ isAll: boolean }> {
  const stretches = await lockStretches(tx, conversationIds)
  if (stretches.length === 0) return { isAll: true }
  const events = await listNotable(tx, { stretches, kinds: notableKinds, rows: eventsPerPass })
  const conversations = new Map(stretches.map((stretch) => [stretch.conversation_id, stretch]))
  const concerns = events.flatMap((event) => {
    const conversation = conversations.get(event.conversation_id)
    return conversation ? findConcerns(event, conversation) : []
  })
  const news = await findNews(tx, concerns)
  const listed = news.filter(({ isListed }) => isListed)
  await addNotifications(
    tx,
    listed.map(({ userId, concern }) => ({ ...concern, user_id: userId })),
    context,
  )
  const pushed = news.filter(({ isPushed }) => isPushed)
  await enqueuePushes(
    tx,
    pushed.map(({ userId, concern }) => ({ ...concern, user_id: userId })),
    context,
  )
  await moveNotified(tx, findEnds(stretches, events, eventsPerPass))
  return { isAll: events.length < eventsPerPass }
}
