import type { AccountSteps } from '@secureconnect/account-jobs'
import { Uuid } from '@secureconnect/protocol'
import { createCursor } from '@secureconnect/service'
import type { Queries } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import type { Context } from '../context.ts'
import { loadAfter } from '../history/load-messages.ts'
import { toMessage } from '../log/to-message.ts'
import { listPastAndPresent } from '../stores/account-rows.ts'
import { AdditionsPlace, collectAdditions, firstAdditions } from './collect-additions.ts'
import { collectSmallPart } from './collect-small-parts.ts'

const conversationsPerStep = 200
const messagesPerStep = 500

/** Where the step before stopped: in the list of conversations, among the messages of one of them, or after them. */
const Place = Type.Object({
  conversations: Type.Optional(Uuid),
  after: Type.Optional(Uuid),
  seq: Type.Integer(),
  additions: Type.Optional(AdditionsPlace),
  smallPart: Type.Optional(Type.Integer({ minimum: 0 })),
})
type Place = Static<typeof Place>
const place = createCursor(Place)

type Step = Parameters<AccountSteps['collect']>[1]
type Part = { userId: string; at: Place; archive: Context['archive'] }

/** Conversations that somebody is or was in; after the last of them his messages begin. */
async function collectConversations(sql: Queries, userId: string, after: string | undefined) {
  const items = await listPastAndPresent(sql, { userId, after, rows: conversationsPerStep })
  const last = items.at(-1)
  const isFull = items.length === conversationsPerStep && last !== undefined
  const next: Place = isFull ? { conversations: last.conversation_id, seq: 0 } : { seq: 0 }
  return { section: 'conversations', items, next: place.write(next) }
}

/** What somebody wrote, a part of a conversation at a time; what others wrote is theirs. */
async function collectMessages(sql: Queries, { userId, at, archive }: Part) {
  const { after, seq: afterSeq } = at
  const [current] = await listPastAndPresent(sql, { userId, after, rows: 1 })
  if (!current) return { section: 'messages', items: [], next: place.write({ seq: 0, additions: firstAdditions }) }
  const { conversation_id: conversationId } = current
  const range = { conversationId, afterSeq, rows: messagesPerStep }
  const { messages, cutAt } = await loadAfter({ sql, archive }, range)
  const reached = messages.length < messagesPerStep ? cutAt : messages.at(-1)?.seq
  const next: Place =
    reached === undefined ? { after: conversationId, seq: 0 } : { ...(after !== undefined && { after }), seq: reached }
  const items = messages.filter(({ senderId }) => senderId === userId).map(toMessage)
  return { section: 'messages', items, next: place.write(next) }
}

/** What somebody added to what was said; after that come the small parts. */
async function collectAdded(sql: Queries, userId: string, at: AdditionsPlace) {
  const { next, ...part } = await collectAdditions(sql, userId, at)
  return { ...part, next: place.write({ seq: 0, ...(next ? { additions: next } : { smallPart: 0 }) }) }
}

async function collectRest(sql: Queries, userId: string, at: number) {
  const { next, ...part } = await collectSmallPart(sql, userId, at)
  return next === undefined ? part : { ...part, next: place.write({ seq: 0, smallPart: next }) }
}

/** Collects what chat holds of a person: his conversations, his messages, what he added to others', then the small parts. */
export async function collectMember(
  sql: Queries,
  { userId, after }: Step,
  { archive }: Pick<Context, 'archive'>,
): ReturnType<AccountSteps['collect']> {
  const at = place.read(after)
  if (!at || at.conversations !== undefined) return collectConversations(sql, userId, at?.conversations)
  if (at.additions) return collectAdded(sql, userId, at.additions)
  if (at.smallPart !== undefined) return collectRest(sql, userId, at.smallPart)
  return collectMessages(sql, { userId, at, archive })
}
