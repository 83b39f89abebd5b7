import type { Context } from '../context.ts'
import { repeat } from '../repeat.ts'
import { forgetDrop, listDrops } from '../stores/archive-drops.ts'

const everyMs = 2_000
const dropsPerPass = 50

type Needed = Pick<Context, 'sql' | 'archive' | 'log'>

/** Removes from the archive what was asked for; doing it twice does no harm. */
export function dropArchived({ sql, archive, log }: Needed): AsyncDisposable {
  const work = async (signal: AbortSignal) => {
    if (!archive.isAvailable) return
    for (const drop of await listDrops(sql.background, dropsPerPass)) {
      if (signal.aborted) return
      const { drop_id, conversation_id, after_seq, through_seq, applied } = drop
      await archive.drop({
        conversationId: conversation_id,
        afterSeq: after_seq,
        throughSeq: through_seq,
        applied,
      })
      await forgetDrop(sql.background, drop_id)
    }
  }
  return repeat({ name: 'archive drops', everyMs, log, work })
}
