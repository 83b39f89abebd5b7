import { WaitingNotification } from '@secureconnect/notifications'
import { type OutboxRow, type Topic, Undeliverable } from '@secureconnect/outbox'
import type { Transaction } from '@secureconnect/sql'
import { Compile } from 'typebox/compile'
import type { Context } from '../context.ts'
import { enqueuePushes } from '../push/enqueue-pushes.ts'
import { loadPreferences } from '../stores/preferences.ts'
import { addNotifications } from './notify.ts'

const waiting = Compile(WaitingNotification)
const aboutNoMessage = { seq: null, message_seq: null, message_id: null, poll_id: null }

type Needed = Pick<Context, 'fanOut' | 'kv' | 'activity'>

async function notify(tx: Transaction, { payload }: OutboxRow, context: Needed): Promise<void> {
  if (!waiting.Check(payload)) throw new Undeliverable('the row is no notification')
  const { user_id } = payload
  const preferences = await loadPreferences(tx, user_id)
  if (payload.kind === 'call_ringing') {
    // Sockets hear of calls by frames of their own; this is for devices that have none.
    const { kind, actor_id, conversation_id, call_id } = payload
    const ring = { ...aboutNoMessage, user_id, actor_id, kind, conversation_id, call_id }
    if (preferences.call_enabled && preferences.push_enabled) await enqueuePushes(tx, [ring], context)
    return
  }
  const isWanted = payload.kind === 'file_refused' ? preferences.system_enabled : preferences.friend_request_enabled
  if (!isWanted) return
  const news = { ...aboutNoMessage, conversation_id: null, actor_id: null, ...payload }
  await addNotifications(tx, [news], context)
  if (preferences.push_enabled) await enqueuePushes(tx, [news], context)
}

/** Notifies people of what other services want them to hear of. */
export function createNotificationTopic(context: Needed): Topic {
  return { apply: (tx, row) => notify(tx, row, context) }
}
