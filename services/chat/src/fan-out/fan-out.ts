import type { Kv } from '@secureconnect/kv'
import type { Logger } from '@secureconnect/logging'
import { addUserFrames, type PersonFrame } from '@secureconnect/notifications'
import type { Presence } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import type { LogEvent } from '../log/log-event.ts'
import type { Hint } from './hints.ts'

/** Tells the nodes that serve a conversation what was committed. Nobody depends on it: every node also sweeps. */
export type FanOut = {
  /** Of one or several conversations, each in order. Never throws. */
  publish(events: readonly LogEvent[]): void
  /** Has this process told which conversations it publishes events of. */
  listen(listener: (conversationIds: readonly string[]) => void): void
  /** Tells a conversation what matters only now and may get lost: who types, how far somebody has read. Never throws. */
  signal(conversationId: string, hint: Hint): void
  /** Tells those who watch somebody that he came or went. Never throws. */
  tellPresence(presence: Presence): void
  /** Writes frames for all sockets of people with the transaction that causes them, and tells them once it is committed. */
  addUserFrames(tx: Transaction, frames: readonly { userId: string; frame: PersonFrame }[]): Promise<void>
}

export const conversationChannel = (conversationId: string) => `conversation:${conversationId}`
export const presenceChannel = (userId: string) => `presence:${userId}`

/** A message holds no more than this, but for one event that is bigger: Redis cuts off who cannot take too much at once. */
const messageCharacters = 256 * 1024

/** Events as messages, each a list of them in order. */
function* toMessages(events: readonly LogEvent[]): Generator<string> {
  let parts: string[] = []
  let characters = 0
  for (const event of events) {
    const part = JSON.stringify(event)
    if (parts.length > 0 && characters + part.length > messageCharacters) {
      yield `[${parts.join()}]`
      parts = []
      characters = 0
    }
    parts.push(part)
    characters += part.length
  }
  yield `[${parts.join()}]`
}

export function createFanOut({ kv, log }: { kv: Pick<Kv, 'publish'>; log: Logger }): FanOut {
  const tell = (channel: string, message: string) =>
    void kv.publish(channel, message).catch((error) => log.debug({ error }, 'an event was not published'))
  const listeners: ((conversationIds: readonly string[]) => void)[] = []
  return {
    publish(events) {
      const byConversation = Map.groupBy(events, ({ conversation_id }) => conversation_id)
      for (const [id, ofOne] of byConversation) {
        for (const message of toMessages(ofOne)) tell(conversationChannel(id), message)
      }
      for (const listener of listeners) listener([...byConversation.keys()])
    },
    listen: (listener) => void listeners.push(listener),
    signal: (conversationId, hint) => tell(conversationChannel(conversationId), JSON.stringify(hint)),
    tellPresence: (presence) => tell(presenceChannel(presence.user_id), JSON.stringify(presence)),
    addUserFrames: (tx, frames) => addUserFrames(tx, frames, kv),
  }
}
