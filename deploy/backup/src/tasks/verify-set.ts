import { sumLines } from '../lines/count-lines.ts'
import { readLines } from '../lines/sealed-lines.ts'
import { checkObjects } from '../objects/load-objects.ts'
import { type Manifest, type Store, stores } from '../sets/manifest.ts'
import type { Stage } from '../stage.ts'
import type { Vault } from '../vault.ts'
import { rowsOf } from './take-backup.ts'

/** Reads every byte of what a set has of a store; each stream is compared with the manifest at its end. */
export async function checkStreams(vault: Vault, { set, stores }: Manifest, store: Store): Promise<void> {
  for (const facts of stores[store].streams) await sumLines(readLines(vault, set, facts))
}

/** Reads and opens every byte of a set, and compares it with what the manifest says. */
export async function verifySet({ vault, tell }: Pick<Stage, 'vault' | 'tell'>, manifest: Manifest): Promise<void> {
  for (const store of stores) {
    await checkStreams(vault, manifest, store)
    if (store === 'objects') await checkObjects(vault, manifest)
    tell(`${store.padEnd(12)}  ${rowsOf(manifest.stores[store])} rows are as they were kept`)
  }
}
