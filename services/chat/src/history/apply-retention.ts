import { repeat, tellFailure } from '@secureconnect/service'
import { bucketOf, seqsPerBucket } from '../archive/cassandra-schema.ts'
import type { Context } from '../context.ts'
import { toApplied } from '../log/log-event.ts'
import { askForDrop } from '../stores/archive-drops.ts'
import { lockHeads } from '../stores/conversation-log.ts'
import { findLastBefore, findPartEnd, listRetentions, moveHistoryStart, type Retention } from '../stores/retention.ts'

type Needed = Pick<Context, 'sql' | 'archive' | 'log'>

const name = 'retention'
const everyMs = 600_000
const conversationsPerRead = 100
const lowestId = '00000000-0000-0000-0000-000000000000'

/** The last archived message that is older than a time, by halving: their times rise with their places. */
async function findLastArchivedBefore({ archive }: Needed, retention: Retention): Promise<number> {
  const { conversation_id: conversationId, until } = retention
  let [old, young] = [retention.history_start_seq, retention.log_start + 1]
  while (young - old > 1) {
    const middle = Math.floor((old + young) / 2)
    const range = { conversationId, afterSeq: old, throughSeq: middle, order: 'newest', rows: 1 } as const
    const { messages, cutAt } = await archive.list(range)
    const [message] = messages
    if (message && message.createdAt < until) old = middle
    else if (message) young = message.seq
    else if (cutAt !== undefined) young = cutAt
    else old = middle
  }
  return old
}

/** Where the archive's partition ends that holds what comes next: so much is hidden at once, and whole ones are dropped. */
function endOfPartition(afterSeq: number): number {
  return (bucketOf(afterSeq + 1) + 1) * seqsPerBucket - 1
}

/** Hides what a conversation keeps no longer, a part at a time so that nobody waits long for its lock, and has it removed. */
export async function applyRetentionTo(needed: Needed, retention: Retention): Promise<void> {
  const { sql } = needed
  const { conversation_id: conversationId, until } = retention
  const logged = await findLastBefore(sql.background, { conversationId, time: until })
  const seq = logged ?? (await findLastArchivedBefore(needed, retention))
  for (let afterSeq = retention.history_start_seq; afterSeq < seq; ) {
    const mostSeq = Math.min(seq, endOfPartition(afterSeq))
    const throughSeq = await findPartEnd(sql.background, { conversationId, afterSeq, throughSeq: mostSeq })
    await sql.background.transaction(async (tx) => {
      const [head] = await lockHeads(tx, [conversationId])
      if (!head || !(await moveHistoryStart(tx, { conversationId, afterSeq, throughSeq }))) return
      const applied = toApplied({ log_epoch: head.log_epoch + 1, seq: 0 })
      const part = { conversation_id: conversationId, after_seq: afterSeq, through_seq: throughSeq, applied }
      await askForDrop(tx, part)
    })
    afterSeq = throughSeq
  }
}

/** Applies, every ten minutes, the days for which conversations keep their messages. */
export function applyRetention(needed: Needed): AsyncDisposable {
  const { sql, log } = needed
  const work = async (signal: AbortSignal) => {
    for (let after = lowestId; !signal.aborted; ) {
      const retentions = await listRetentions(sql.background, after, conversationsPerRead)
      for (const one of retentions) {
        await applyRetentionTo(needed, one).catch((error) => tellFailure({ name, log }, error))
      }
      const last = retentions.at(-1)
      if (!last || retentions.length < conversationsPerRead) return
      after = last.conversation_id
    }
  }
  return repeat({ name, everyMs, log, work })
}
