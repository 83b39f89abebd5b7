import type { Sql } from '@secureconnect/sql'
import { nextEpoch, raiseEvents, raiseHeads } from '../stores/restored-logs.ts'

/**
 * What conversations need once their database has come back from a backup, before any service starts: an epoch of their
 * own, so that nobody goes on from a position that the backup does not know, and an archive in which nothing is left
 * of what was undone. The archive may be away: what is to be dropped waits for it, and nothing new comes there before.
 * What had left the log by the time of the backup stays as the archive has it. Doing it again does no harm. `above` is
 * an epoch that was in use, where the backup cannot know of it.
 */
export async function restoreLogs(
  sql: Sql,
  { above = 0 }: { above?: number } = {},
): Promise<{ epoch: number; conversations: number }> {
  const epoch = await nextEpoch(sql, above)
  await raiseEvents(sql, epoch)
  return { epoch, conversations: await raiseHeads(sql, epoch) }
}
