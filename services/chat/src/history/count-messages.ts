import type { Context } from '../context.ts'
import type { StoredMessage } from '../log/log-event.ts'
import { findNumber, type ReadPointer } from '../stores/read-pointers.ts'
import { loadAfter, loadBefore } from './load-messages.ts'

function countBefore({ number, facts }: StoredMessage): number {
  return facts.message_type === 'system' ? number : number - 1
}

type Wanted = { conversationId: string; seq: number; pointer: Pick<ReadPointer, 'read_seq' | 'message_count'> }

/** How many messages of people there were up to a seq above somebody's pointer. What the log forgot, those nearby tell. */
export async function countMessages(
  context: Pick<Context, 'sql' | 'archive'>,
  { conversationId, seq, pointer }: Wanted,
): Promise<number> {
  const logged = await findNumber(context.sql, conversationId, seq)
  if (logged !== undefined) return logged
  for (let beforeSeq: number | undefined = seq + 1; beforeSeq !== undefined; ) {
    const { messages, cutAt } = await loadBefore(context, {
      conversationId,
      afterSeq: pointer.read_seq,
      beforeSeq,
      rows: 1,
    })
    const [newest] = messages
    if (newest) return newest.number
    beforeSeq = cutAt
  }
  // Nothing is left between the two: whatever follows knows what there was.
  for (let afterSeq: number | undefined = seq; afterSeq !== undefined; ) {
    const { messages, cutAt } = await loadAfter(context, { conversationId, afterSeq, rows: 1 })
    const [oldest] = messages
    if (oldest) return countBefore(oldest)
    afterSeq = cutAt
  }
  return pointer.message_count
}
