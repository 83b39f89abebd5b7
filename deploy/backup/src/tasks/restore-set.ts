import { ensureSchema } from '@secureconnect/chat-service/archive'
import { hasMessages, loadArchive } from '../archive/load-archive.ts'
import { BackupFault } from '../fault.ts'
import { hasObjects, loadObjects } from '../objects/load-objects.ts'
import type { Manifest } from '../sets/manifest.ts'
import { loadSql } from '../sql/load-sql.ts'
import { hasAccounts, takePlace } from '../sql/take-place.ts'
import type { Stage } from '../stage.ts'
import { rowsOf } from './take-backup.ts'

const schema = 'restoring'

/** Throws where somebody's data are, which a set would take the place of. */
export async function assertEmpty({ config, archive, objects }: Stage): Promise<void> {
  const there = [
    ...((await hasAccounts(config)) ? ['accounts'] : []),
    ...((await hasMessages(archive, config.cassandraKeyspace)) ? ['archived messages'] : []),
    ...((await hasObjects(objects)) ? ['files'] : []),
  ]
  if (there.length > 0)
    throw new BackupFault(
      `Nothing was restored: there are ${there.join(' and ')} here. With --replace the set takes their place.`,
    )
}

/**
 * Puts a set in the place of what is there, while nobody writes. The database changes last, and at once: until then the
 * former one is as it was, and it can be begun again at any time.
 */
export async function restoreSet(
  stage: Stage,
  manifest: Manifest,
  { mayReplace }: { mayReplace: boolean },
): Promise<void> {
  const { vault, config, archive, objects, tell } = stage
  const server = { ...config, schema }
  await ensureSchema(archive, config)
  if (!mayReplace) await assertEmpty(stage)
  await loadSql(vault, manifest, server)
  tell(`sql           ${rowsOf(manifest.stores.sql)} rows are loaded`)
  await loadArchive(vault, manifest, archive, { keyspace: config.cassandraKeyspace, suffix: '' })
  tell(`archive       ${rowsOf(manifest.stores.archive)} rows are back`)
  const { count, bytes } = await loadObjects(vault, manifest, objects)
  tell(`objects       ${count} of ${bytes} bytes are back`)
  await takePlace(server)
  tell('sql           is in use, and up to date')
}
