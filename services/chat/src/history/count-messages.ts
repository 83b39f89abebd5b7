import type { Context } from '../context.ts'
import type { StoredMessage } from '../log/log-event.ts'
import { findNumber } from '../stores/read-pointers.ts'
import { loadAfter, loadBefore } from './load-messages.ts'

function countBefore({ number, facts }: StoredMessage): number {
  return facts.message_type === 'system' ? number : number - 1
}

/** How many messages of people there were up to a seq. What the log has forgotten, messages nearby tell. */
export async function countMessages(
  context: Pick<Context, 'sql' | 'archive'>,
  { conversationId, seq }: { conversationId: string; seq: number },
): Promise<number> {
  if (seq === 0) return 0
  const logged = await findNumber(context.sql, conversationId, seq)
  if (logged !== undefined) return logged
  for (let beforeSeq: number | undefined = seq + 1; beforeSeq !== undefined; ) {
    const { messages, cutAt } = await loadBefore(context, { conversationId, afterSeq: 0, beforeSeq, rows: 1 })
    const [newest] = messages
    if (newest) return newest.number
    beforeSeq = cutAt
  }
  // Nothing is left before it: whatever follows it knows what there was.
  for (let afterSeq: number | undefined = seq; afterSeq !== undefined; ) {
    const { messages, cutAt } = await loadAfter(context, { conversationId, afterSeq, rows: 1 })
    const [oldest] = messages
    if (oldest) return countBefore(oldest)
    afterSeq = cutAt
  }
  return 0
}
