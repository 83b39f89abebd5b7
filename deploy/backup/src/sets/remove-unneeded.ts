import { listObjects } from '../objects/object-list.ts'
import type { Vault } from '../vault.ts'
import { chooseKept } from './choose-kept.ts'
import { listSets, type Manifest } from './manifest.ts'
import { createMarks, type Marks } from './marks.ts'
import { prefixes, readObjectKey } from './set-keys.ts'

const keysAtOnce = 1_000

/** The bytes that sets name, whichever of them was the first to store them. */
async function markUsed(vault: Vault, manifests: Iterable<Manifest>): Promise<Marks> {
  const marks = createMarks()
  for (const manifest of manifests) {
    for await (const { storedAs } of listObjects(vault, manifest)) marks.add(storedAs)
  }
  return marks
}

/** Removes what is under a prefix and that nothing needs. */
async function removeUnder({ store }: Vault, prefix: string, isNeeded: (key: string) => boolean): Promise<void> {
  let unneeded: string[] = []
  const remove = async () => {
    await store.remove(unneeded)
    unneeded = []
  }
  for await (const { key } of store.list(prefix)) {
    if (!isNeeded(key)) unneeded.push(key)
    if (unneeded.length === keysAtOnce) await remove()
  }
  if (unneeded.length > 0) await remove()
}

/**
 * Removes the sets whose time is over, what a backup left that did not come to its end, and the bytes that no set names.
 * The manifests go first: from then on nobody takes the rest for a set.
 */
export async function removeUnneeded(vault: Vault): Promise<void> {
  const sets = chooseKept(await listSets(vault))
  const names = new Set([...sets].map(({ set }) => set))
  const isOfKept = (key: string) => names.has(key.split('/')[1] ?? '')
  const used = await markUsed(vault, sets)
  await removeUnder(vault, prefixes.manifests, isOfKept)
  await removeUnder(vault, prefixes.sets, isOfKept)
  await removeUnder(vault, prefixes.objects, (key) => used.has(readObjectKey(key)))
}
