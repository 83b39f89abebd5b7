import { enqueue, type OutboxRow, type Topic, Undeliverable } from '@secureconnect/outbox'
import type { Transaction } from '@secureconnect/sql'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Context } from '../context.ts'
import { refreshMessage } from '../history/find-message.ts'
import { loadAfter } from '../history/load-messages.ts'
import { appendDeletion } from '../log/append-deletion.ts'
import type { StoredMessage } from '../log/log-event.ts'
import { appendPollRemoval } from '../polls/change-poll.ts'
import { lockHeads } from '../stores/conversation-log.ts'
import { listPollsIn } from '../stores/own-additions.ts'

/** Where the messages of people who want them gone wait for that. */
export const eraseMessagesTopic = 'erase-messages'

const messagesPerPage = 100
/** Few enough that nobody notices how long their conversation is locked. */
const messagesPerTransaction = 20
/** Then the row's turn ends, and another one goes on from there. */
const pagesPerTurn = 20

const Payload = Type.Object({ conversation_id: Type.String(), user_id: Type.String(), after_seq: Type.Integer() })
const payloads = Compile(Payload)

type Needed = Pick<Context, 'sql' | 'archive' | 'fanOut' | 'kv'>
type Place = { conversationId: string; messages: readonly StoredMessage[] }

async function deleteAll(tx: Transaction, { conversationId, messages }: Place, { fanOut }: Needed): Promise<void> {
  let [head] = await lockHeads(tx, [conversationId])
  for (const known of messages) {
    const message = await refreshMessage(tx, known)
    if (!head || message.deletedAt !== null) continue
    const deleted = await appendDeletion(tx, { head, message, actorId: null, reason: 'erased', fanOut })
    head = { ...head, last_seq: deleted.seq }
  }
}

/** Deletes an author's messages of a page; answers where the next begins, or nothing after the last. */
async function erasePage(place: Static<typeof Payload>, needed: Needed): Promise<number | undefined> {
  const { conversation_id: conversationId, user_id, after_seq: afterSeq } = place
  const sql = needed.sql.background
  const { messages, cutAt } = await loadAfter({ ...needed, sql }, { conversationId, afterSeq, rows: messagesPerPage })
  const own = messages.filter(({ senderId, deletedAt }) => senderId === user_id && deletedAt === null)
  while (own.length > 0) {
    const some = own.splice(0, messagesPerTransaction)
    await sql.transaction((tx) => deleteAll(tx, { conversationId, messages: some }, needed))
  }
  return messages.length < messagesPerPage ? cutAt : messages.at(-1)?.seq
}

/** Removes the polls that somebody made in a conversation. */
async function erasePolls(
  { conversation_id, user_id }: Static<typeof Payload>,
  { sql, fanOut }: Needed,
): Promise<void> {
  const asked = { conversationId: conversation_id, userId: user_id, rows: messagesPerPage }
  for (let count = messagesPerPage; count === messagesPerPage; ) {
    count = await sql.background.transaction(async (tx) => {
      let [head] = await lockHeads(tx, [conversation_id])
      const polls = await listPollsIn(tx, asked)
      for (const poll of polls) {
        if (head) head = await appendPollRemoval(tx, { head, poll, actorId: null, fanOut })
      }
      return polls.length
    })
  }
}

async function eraseMessages(row: OutboxRow, signal: AbortSignal, needed: Needed): Promise<void> {
  if (!payloads.Check(row.payload)) throw new Undeliverable('the row names no author and conversation')
  let place = row.payload
  if (place.after_seq === 0) await erasePolls(place, needed)
  for (let page = 0; page < pagesPerTurn; page++) {
    signal.throwIfAborted()
    const afterSeq = await erasePage(place, needed)
    if (afterSeq === undefined) return
    place = { ...place, after_seq: afterSeq }
  }
  const { topic, key } = row
  await needed.sql.background.transaction((tx) => enqueue(tx, { topic, key, payload: place }, needed.kv))
}

/** Deletes what somebody wrote or asked in a conversation, from its beginning; doing it twice does no harm. */
export function createMessageErasure(needed: Needed): Topic {
  // Somebody's wish to be erased is never given up, however long the archive is away.
  return { deliver: (row, signal) => eraseMessages(row, signal, needed), attempts: Number.MAX_SAFE_INTEGER }
}
