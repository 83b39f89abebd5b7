import { text } from 'node:stream/consumers'
import { createLogger } from '@secureconnect/logging'
import type { TargetConfig } from './config.ts'
import { readLines } from './lines/sealed-lines.ts'
import { openTarget } from './open-target.ts'
import { findSet } from './sets/manifest.ts'

/** What a set keeps of .env and secrets/, for a server that has nothing but the backup key. */
export async function readInstallation(config: TargetConfig, name?: string): Promise<{ set: string; content: string }> {
  const log = createLogger({ service: 'backup', revision: 'unknown', level: 'silent' })
  await using target = await openTarget(config, { log })
  const { set, stores } = await findSet(target.opened, name)
  const parts = stores.installation.streams.map((facts) => text(readLines(target.opened, set, facts)))
  return { set, content: (await Promise.all(parts)).join('') }
}
