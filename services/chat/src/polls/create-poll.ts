import { assertNotBlocked } from '@secureconnect/directory'
import { type CreatePoll, limits } from '@secureconnect/protocol'
import { type Made, validationError } from '@secureconnect/service'
import { newId, type Transaction } from '@secureconnect/sql'
import { actIn } from '../conversations/act-in.ts'
import { assertWellFormed } from '../conversations/assert-well-formed.ts'
import { encryptionRequired, limitReached } from '../errors.ts'
import type { FanOut } from '../fan-out/fan-out.ts'
import { appendEvents } from '../log/append-events.ts'
import { peerOf } from '../log/peer-of.ts'
import { countOpenPolls, insertPoll } from '../stores/polls.ts'

type NewPoll = { body: CreatePoll; userId: string; fanOut: FanOut }

const most = limits.openPollsPerConversation

/** Checks what the schema cannot say. Options that look the same to people are the same. */
export function assertPoll({ question, options, expires_at }: CreatePoll): void {
  assertWellFormed({ question, options: options.join('') })
  const texts = options.map((option) => option.normalize('NFKC').trim().toLowerCase())
  if (new Set(texts).size < texts.length)
    throw validationError([{ field: 'options', message: 'must differ from each other' }])
  if (expires_at !== undefined && Date.parse(expires_at) <= Date.now())
    throw validationError([{ field: 'expires_at', message: 'must lie ahead' }])
}

/** Makes a poll in a conversation that somebody is in. */
export async function createPoll(tx: Transaction, { body, userId, fanOut }: NewPoll): Promise<Made> {
  const { conversation_id: conversationId, question, poll_type, allow_vote_change, expires_at } = body
  const { head } = await actIn(tx, { conversationId, userId })
  if (head.is_e2ee_enabled) throw encryptionRequired()
  const peer = peerOf(head, userId)
  if (peer !== null) await assertNotBlocked(tx, userId, peer)
  if ((await countOpenPolls(tx, conversationId)) >= most) throw limitReached(`open polls of a conversation: ${most}`)
  const poll_id = newId()
  const options = body.options.map((text) => ({ option_id: newId(), text }))
  const common = { poll_id, created_by: userId, question, options, poll_type, allow_vote_change }
  const vanishesAt = await insertPoll(tx, {
    ...common,
    conversation_id: conversationId,
    seq: head.last_seq + 1,
    expires_at: expires_at === undefined ? null : new Date(expires_at),
    ttlSeconds: head.message_ttl_seconds,
  })
  const data = { ...common, expires_at: expires_at ?? null }
  const draft = { kind: 'poll.created', actor_id: userId, data, expires_at: vanishesAt } as const
  await appendEvents(tx, { head, drafts: [draft], fanOut })
  return { id: poll_id, isNew: true }
}
