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
  const { user_id, actor_id } = payload
  const preferences = await loadPreferences(tx, user_id)
  if (payload.kind === 'call_ringing') {
    // Sockets hear of calls by frames of their own; this is for devices that have none.
    const { kind, conversation_id, call_id } = payload
    const ring = { ...aboutNoMessage, user_id, actor_id, kind, conversation_id, call_id }
    if (preferences.call_enabled && preferences.push_enabled) await enqueuePushes(tx, [ring], context)
    return
  }
  if (!preferences.friend_request_enabled) return
  const request = { ...aboutNoMessage, user_id, actor_id, kind: payload.kind, conversation_id: null }
  await addNotifications(tx, [request], context)
  if (preferences.push_enabled) await enqueuePushes(tx, [request], context)
}

/** Notifies people of what other services want them to hear of. */
export function createNotificationTopic(context: Needed): Topic {
  return { apply: (tx, row) => notify(tx, row, context) }
}
