import { WaitingNotification } from '@secureconnect/notifications'
import { type OutboxRow, type Topic, Undeliverable } from '@secureconnect/outbox'
import type { Transaction } from '@secureconnect/sql'
import { Compile } from 'typebox/compile'
import type { Context } from '../context.ts'
import { enqueuePushes } from '../push/enqueue-pushes.ts'
import { loadPreferences } from '../stores/preferences.ts'
import { isHeardOf } from '../stores/recipients.ts'
import { addNotifications } from './notify.ts'

const waiting = Compile(WaitingNotification)
const aboutNoMessage = { seq: null, message_seq: null, message_id: null, poll_id: null }

/** By which of his preferences somebody is notified of each. */
const wishFor = {
  friend_request: 'friend_request_enabled',
  file_refused: 'system_enabled',
  call_ringing: 'call_enabled',
  call_missed: 'call_enabled',
} as const satisfies Record<WaitingNotification['kind'], string>

type Needed = Pick<Context, 'fanOut' | 'kv' | 'activity'>

async function notify(tx: Transaction, { payload }: OutboxRow, context: Needed): Promise<void> {
  if (!waiting.Check(payload)) throw new Undeliverable('the row is no notification')
  const { kind, user_id } = payload
  const preferences = await loadPreferences(tx, user_id)
  if (!preferences[wishFor[kind]]) return
  const news = { ...aboutNoMessage, conversation_id: null, actor_id: null, ...payload }
  // Sockets hear that a call rings by frames of their own; this is for devices that have none.
  const isListed = news.kind !== 'call_ringing' && (await isHeardOf(tx, news))
  if (isListed) await addNotifications(tx, [news], context)
  if (preferences.push_enabled) await enqueuePushes(tx, [news], context)
}

/** Notifies people of what other services want them to hear of. */
export function createNotificationTopic(context: Needed): Topic {
  return { apply: (tx, row) => notify(tx, row, context) }
}
