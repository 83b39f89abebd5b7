import type { Message, Reaction } from '@secureconnect/protocol'
import type { Queries } from '@secureconnect/sql'
import { createBatchedReads } from '../history/batched-reads.ts'
import { createSharedReads } from '../history/shared-reads.ts'
import type { StoredMessage } from '../log/log-event.ts'
import { toMessage } from '../log/to-message.ts'
import { listOwnReactions, listShown, type OwnReaction, type Shown } from '../stores/reactions.ts'
import type { Viewer } from '../stores/views.ts'

type Asked = Viewer & { seqs: readonly number[] }

/** The reactions to messages of a conversation as one of its members sees them, by seq. */
export type ReadReactions = (asked: Asked) => Promise<ReadonlyMap<number, readonly Reaction[]>>

function toReactions(rows: readonly Shown[], own: readonly OwnReaction[]): ReadonlyMap<number, readonly Reaction[]> {
  const isOwn = new Set(own.map(({ seq, emoji }) => `${seq} ${emoji}`))
  const reactions = new Map<number, Reaction[]>()
  for (const { seq, emoji, count, user_id } of rows) {
    const ofMessage = reactions.get(seq) ?? []
    reactions.set(seq, ofMessage)
    const last = ofMessage.at(-1)
    if (last?.emoji === emoji) last.user_ids.push(user_id)
    else ofMessage.push({ emoji, count, user_ids: [user_id], reacted: isOwn.has(`${seq} ${emoji}`) })
  }
  return reactions
}

/**
 * Creates the reading of reactions. What is the same for all readers of a page they share; what a reader did himself is
 * asked for with what other readers did.
 */
export function createReadReactions(sql: Queries): ReadReactions {
  const share = createSharedReads<Shown[]>()
  const readOwn = createBatchedReads((readers: Parameters<typeof listOwnReactions>[1]) =>
    listOwnReactions(sql, readers),
  )
  return async ({ conversationId, userId, seqs }) => {
    if (seqs.length === 0) return new Map()
    const page = { conversationId, seqs }
    const rows = await share(JSON.stringify(page), () => listShown(sql, page))
    if (rows.length === 0) return new Map()
    const range = { firstSeq: Math.min(...seqs), lastSeq: Math.max(...seqs) }
    return toReactions(rows, await readOwn({ conversationId, userId, ...range }))
  }
}

type Reading = { readReactions: ReadReactions }

/** A message as one of its readers sees it now, with what people answered to it with. */
export async function showMessage({ readReactions }: Reading, stored: StoredMessage, userId: string): Promise<Message> {
  const { conversationId, seq, deletedAt } = stored
  const reactions = await readReactions({ conversationId, userId, seqs: deletedAt === null ? [seq] : [] })
  return { ...toMessage(stored), reactions: [...(reactions.get(seq) ?? [])] }
}

/** Adds to messages of a conversation what people answered to them with; deleted ones have lost it. */
export async function withReactions(
  { readReactions }: Reading,
  { conversationId, userId, messages }: Viewer & { messages: readonly Message[] },
): Promise<Message[]> {
  const seqs = messages.flatMap(({ seq, deleted_at }) => (deleted_at === null ? [seq] : []))
  const reactions = await readReactions({ conversationId, userId, seqs })
  return messages.map((message) => ({ ...message, reactions: [...(reactions.get(message.seq) ?? [])] }))
}
