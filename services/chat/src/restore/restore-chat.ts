import { dropEffects } from '@secureconnect/outbox'
import type { Sql } from '@secureconnect/sql'
import { pushTopic } from '../push/waiting-push.ts'
import { retireKeys, skipPositions } from '../stores/restored-keys.ts'
import { nextEpoch, raiseEvents, raiseHeads } from '../stores/restored-logs.ts'

export type Restored = { epoch: number; conversations: number; pushes: number }

/**
 * What chat needs once its database has come back from a backup, before any service starts: for each conversation an epoch
 * of its own, so that nobody goes on from a position that the backup does not know, an archive in which nothing is left
 * of what was undone, no push that may have gone out before, and no one-time key that may have been handed out: devices
 * are asked for new ones. The archive may be away: what is to be dropped waits for
 * it, and nothing new comes there before. What had left the log by the time of the backup stays as the archive has it.
 * Doing it again does no harm. `above` is an epoch that was in use, where the backup cannot know of it.
 */
export async function restoreChat(sql: Sql, { above = 0 }: { above?: number } = {}): Promise<Restored> {
  const epoch = await nextEpoch(sql, above)
  await raiseEvents(sql, epoch)
  await retireKeys(sql)
  await skipPositions(sql)
  return { epoch, conversations: await raiseHeads(sql, epoch), pushes: await dropEffects(sql, [pushTopic]) }
}
