import { repeat, tellFailure } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { type ArchiveDrop, forgetDrop, listDrops } from '../stores/archive-drops.ts'

const name = 'archive drops'
const everyMs = 2_000
const dropsPerRead = 50
const lowestId = '00000000-0000-0000-0000-000000000000'

type Needed = Pick<Context, 'sql' | 'archive' | 'log'>

async function carryOut({ sql, archive }: Needed, drop: ArchiveDrop, signal: AbortSignal): Promise<void> {
  const { drop_id, conversation_id: conversationId, after_seq: afterSeq, through_seq: throughSeq, applied } = drop
  await archive.drop({ conversationId, afterSeq, throughSeq, applied }, signal)
  await forgetDrop(sql.background, drop_id)
}

/** Tries all that was asked for once; what fails keeps nothing else from being removed, and has its turn again. */
export async function dropAll(needed: Needed, signal: AbortSignal): Promise<void> {
  const { sql, archive, log } = needed
  for (let after: string | undefined = lowestId; after !== undefined; ) {
    const drops: ArchiveDrop[] = await listDrops(sql.background, { after, rows: dropsPerRead })
    for (const drop of drops) {
      if (signal.aborted || !archive.isAvailable || !archive.takesWrites) return
      await carryOut(needed, drop, signal).catch((error) => tellFailure({ name, log }, error))
    }
    after = drops.at(-1)?.drop_id
  }
}

/** Removes from the archive what was asked for; doing it twice does no harm. */
export function dropArchived(needed: Needed): AsyncDisposable {
  return repeat({ name, everyMs, log: needed.log, work: (signal) => dropAll(needed, signal) })
}
