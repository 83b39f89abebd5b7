import type { AppError } from '@secureconnect/errors'
import { otherBody } from '@secureconnect/service'
import { newId, type Transaction } from '@secureconnect/sql'
import { conversationNotFound, epochConflict } from '../errors.ts'
import { type Head, listExisting, lockFreeHeads, lockHeads, moveHeads } from '../stores/conversation-log.ts'
import { type Asked, insertSends, listSenders, type PlacedSend } from '../stores/sends.ts'
import { placeEvents } from './append-events.ts'
import type { Draft } from './draft.ts'
import { isStale } from './is-stale.ts'
import { findRefusal, holdReferences, type References } from './judge-draft.ts'
import type { LogEvent } from './log-event.ts'
import { peerOf } from './peer-of.ts'

/** What became of one send; one that was sent before, perhaps in the very same batch, is repeated. */
export type Sent =
  | { kind: 'sent'; event: LogEvent }
  | { kind: 'repeated'; messageId: string }
  | { kind: 'refused'; error: AppError }
  /** Nobody else is in the direct conversation: the other one has to come back first. */
  | { kind: 'alone' }
  /** Somebody else has locked the conversation, and the batch did not wait for it. */
  | { kind: 'held' }

type Decision = Exclude<Sent, { kind: 'sent' | 'held' }> | { kind: 'placed'; messageId: string }

function lifeOf({ expiresInSeconds }: Draft, head: Head): number | null {
  const seconds = Math.min(
    expiresInSeconds ?? Number.POSITIVE_INFINITY,
    head.message_ttl_seconds ?? Number.POSITIVE_INFINITY,
  )
  return Number.isFinite(seconds) ? seconds : null
}

/** Sends that are decided under the locks of their conversations, and have their places there. */
class Batch {
  readonly heads: Map<string, Head>
  readonly placed: PlacedSend[] = []
  readonly #references: References
  readonly #firsts = new Map<string, PlacedSend>()

  constructor(heads: Map<string, Head>, references: References) {
    this.heads = heads
    this.#references = references
  }

  decide(draft: Draft, sender: Awaited<ReturnType<typeof listSenders>>[number]): Decision {
    const head = this.heads.get(draft.conversationId)
    if (!head) return { kind: 'refused', error: conversationNotFound() }
    const error = findRefusal({ draft, head, sender, references: this.#references })
    if (error) return { kind: 'refused', error }
    if (sender.sent_id !== null) return { kind: 'repeated', messageId: sender.sent_id }
    const key = `${draft.conversationId} ${draft.senderId} ${draft.clientId}`
    const first = this.#firsts.get(key)
    if (first?.body_hash === draft.bodyHash) return { kind: 'repeated', messageId: first.message_id }
    if (first) return { kind: 'refused', error: otherBody() }
    if (head.type === 'direct' && head.member_count < 2) return { kind: 'alone' }
    if (isStale(head, draft.facts.group_epoch)) return { kind: 'refused', error: epochConflict() }
    const placed = this.#place(draft, head)
    this.#firsts.set(key, placed)
    this.placed.push(placed)
    return { kind: 'placed', messageId: placed.message_id }
  }

  #place(draft: Draft, head: Head): PlacedSend {
    const { senderId, clientId, bodyHash, content, facts } = draft
    const message_id = newId()
    const created = { kind: 'message.created', actor_id: senderId, message_id, content, data: facts } as const
    const { events, moved } = placeEvents(head, [created])
    const [event] = events
    if (!event) throw new Error('A draft got no place')
    this.heads.set(head.conversation_id, moved)
    return { ...event, message_id, client_id: clientId, body_hash: bodyHash, expires_in_seconds: lifeOf(draft, head) }
  }
}

/** Locks the conversations of drafts, those that others hold too if `waits`; `held` are those that it left to them. */
async function holdHeads(tx: Transaction, drafts: readonly Draft[], waits: boolean) {
  const ids = new Set(drafts.map(({ conversationId }) => conversationId))
  const locked = await (waits ? lockHeads : lockFreeHeads)(tx, [...ids])
  const heads = new Map(locked.map((head) => [head.conversation_id, head]))
  const missing = waits ? [] : [...ids].filter((id) => !heads.has(id))
  const held = new Set(missing.length > 0 ? await listExisting(tx, missing) : [])
  return { heads, held }
}

/**
 * Decides each draft under the lock of its conversation, and stores those that may be sent, in one go. Unless it `waits`,
 * it leaves out the conversations that somebody else has locked.
 */
export async function sendBatch(
  tx: Transaction,
  { drafts, waits }: { drafts: readonly Draft[]; waits: boolean },
): Promise<Sent[]> {
  const { heads, held } = await holdHeads(tx, drafts, waits)
  const free = drafts.filter(({ conversationId }) => !held.has(conversationId))
  const stored = await storeSends(tx, free, heads)
  const sent = new Map(free.map((draft, place) => [draft, stored[place]]))
  return drafts.map((draft) => sent.get(draft) ?? { kind: 'held' })
}

/** Decides drafts whose conversations are locked, or not there, and answers them in their order. */
async function storeSends(tx: Transaction, drafts: readonly Draft[], heads: Map<string, Head>): Promise<Sent[]> {
  if (drafts.length === 0) return []
  const asked = drafts.map(({ conversationId, senderId, clientId }, place): Asked => {
    const head = heads.get(conversationId)
    const peer_id = head ? peerOf(head, senderId) : null
    return { place, conversation_id: conversationId, sender_id: senderId, client_id: clientId, peer_id }
  })
  const senders = await listSenders(tx, asked)
  const batch = new Batch(heads, await holdReferences(tx, drafts))
  const decisions = drafts.map((draft, place) => {
    const sender = senders[place]
    if (!sender) throw new Error('Each send has a row about its sender')
    return batch.decide(draft, sender)
  })
  if (batch.placed.length === 0) return decisions.map((decision) => toSent(decision, new Map()))
  const events = await insertSends(tx, batch.placed)
  await moveHeads(tx, [...heads.values()])
  const byId = new Map(events.map((event) => [event.message_id, event]))
  return decisions.map((decision) => toSent(decision, byId))
}

function toSent(decision: Decision, events: ReadonlyMap<string | null, LogEvent>): Sent {
  if (decision.kind !== 'placed') return decision
  const event = events.get(decision.messageId)
  if (!event) throw new Error('Each send that has its place was stored')
  return { kind: 'sent', event }
}
