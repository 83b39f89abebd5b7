import { newId, type Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { enqueuePushes } from '../push/enqueue-pushes.ts'
import {
  listNotable,
  lockStretches,
  moveNotified,
  type NotableEvent,
  type Stretch,
} from '../stores/notification-state.ts'
import { type NewNotification, saveNotifications } from '../stores/notifications.ts'
import { listMessageRecipients, listNamedRecipients } from '../stores/recipients.ts'
import { type Concern, findConcerns, notableKinds } from './concerns.ts'

const eventsPerPass = 1_000

export type Notifying = Pick<Context, 'fanOut' | 'kv' | 'activity'>

/** That somebody is to hear of something: in his list, on his devices, or both. */
type News = { userId: string; concern: Concern; isListed: boolean; isPushed: boolean }

/** Of the messages in each conversation everybody hears once in his list, and of the newest on his devices. */
async function findMessageNews(tx: Transaction, concerns: readonly Concern[]): Promise<News[]> {
  const messages = concerns.filter(({ kind }) => kind === 'message')
  if (messages.length === 0) return []
  const mentions = concerns.filter(({ kind }) => kind === 'mention')
  const bySeq = new Map(messages.map((concern) => [`${concern.conversation_id} ${concern.seq}`, concern]))
  const recipients = await listMessageRecipients(tx, { messages, mentions })
  return recipients.flatMap(({ conversation_id, user_id: userId, first_seq, last_seq, is_told, push_enabled }) => {
    const first = bySeq.get(`${conversation_id} ${first_seq}`)
    const last = bySeq.get(`${conversation_id} ${last_seq}`)
    if (!first || !last) return []
    return [
      { userId, concern: first, isListed: !is_told, isPushed: false },
      { userId, concern: last, isListed: false, isPushed: push_enabled },
    ]
  })
}

async function findOtherNews(tx: Transaction, concerns: readonly Concern[]): Promise<News[]> {
  const others = concerns.filter(({ kind }) => kind !== 'message')
  if (others.length === 0) return []
  const recipients = await listNamedRecipients(tx, others)
  return recipients.flatMap(({ place, user_id: userId, push_enabled: isPushed }) => {
    const concern = others[place]
    return concern ? [{ userId, concern, isListed: true, isPushed }] : []
  })
}

type Added = Omit<NewNotification, 'notification_id'>

/** Of what says the same only the last: several reactions of one person to a message are one to whose it is. */
function sayOnce(added: readonly Added[]): Added[] {
  const keyed = added.map((one): [string, Added] => {
    const { user_id, kind, conversation_id, seq, message_seq, actor_id } = one
    return [JSON.stringify([user_id, kind, conversation_id, kind === 'reaction' ? message_seq : seq, actor_id]), one]
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
  const notifications = sayOnce(added).map((one) => ({ ...one, notification_id: newId() }))
  await saveNotifications(tx, notifications)
  const frames = notifications.map(({ user_id: userId, message_seq: _seq, ...news }) => {
    return { userId, frame: { type: 'notification', ...news } } as const
  })
  await fanOut.addUserFrames(tx, frames)
}

/** How far each stretch was looked at, where as many events were read as are at once. */
function findEnds(stretches: readonly Stretch[], events: readonly NotableEvent[]) {
  const last = events.length === eventsPerPass ? events.at(-1) : undefined
  return stretches.flatMap(({ conversation_id, last_seq }) => {
    if (!last || conversation_id < last.conversation_id) return [{ conversation_id, seq: last_seq }]
    return conversation_id === last.conversation_id ? [{ conversation_id, seq: last.seq }] : []
  })
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
  const news = [...(await findMessageNews(tx, concerns)), ...(await findOtherNews(tx, concerns))]
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
  await moveNotified(tx, findEnds(stretches, events))
  return { isAll: events.length < eventsPerPass }
}
