import type { BlobListing } from '@secureconnect/blobs'
import { toBytes, writeLines } from '../lines/sealed-lines.ts'
import { pieceBytes } from '../sealed/sealed-stream.ts'
import type { Manifest, StreamFacts } from '../sets/manifest.ts'
import type { ByteStore, Vault } from '../vault.ts'
import { storeObject } from './object-bytes.ts'
import { type KeptObject, listName, listObjects } from './object-list.ts'

/** Uploads that nobody has completed, and what is written to learn whether there is room. */
const passing = /^(staging|parts|health)\//

const objectsAtOnce = 8

/** Finds an object among those of the set before, which stand in the same order. */
function createLookup(earlier: AsyncIterable<KeptObject>) {
  const rest = earlier[Symbol.asyncIterator]()
  let next: KeptObject | undefined
  let isOver = false
  return {
    async find({ key, size, modifiedAt }: BlobListing): Promise<KeptObject | undefined> {
      while (!isOver && (next === undefined || next.key < key)) {
        const step = await rest.next()
        isOver = step.done === true
        next = step.done ? undefined : step.value
      }
      const isSame = next?.key === key && next.size === size && next.modifiedAt === modifiedAt.toISOString()
      return isSame ? next : undefined
    },
  }
}

/** Some objects at a time, together no larger than one that is large. */
async function* gather(source: ByteStore): AsyncGenerator<BlobListing[]> {
  let [some, bytes]: [BlobListing[], number] = [[], 0]
  for await (const listed of source.list('')) {
    if (passing.test(listed.key)) continue
    if (some.length === objectsAtOnce || (some.length > 0 && bytes + listed.size > pieceBytes)) {
      yield some
      ;[some, bytes] = [[], 0]
    }
    some.push(listed)
    bytes += listed.size
  }
  if (some.length > 0) yield some
}

async function* nothing(): AsyncGenerator<KeptObject> {}

type Options = { source: ByteStore; set: string; previous: Manifest | undefined }

/** Keeps all objects: those that the set before has as they are by their names alone. */
export async function dumpObjects(
  vault: Vault,
  { source, set, previous }: Options,
): Promise<{ streams: StreamFacts[]; objects: Manifest['objects'] }> {
  const lookup = createLookup(previous ? listObjects(vault, previous) : nothing())
  const objects = { count: 0, bytes: 0, newBytes: 0 }
  let number = 0

  async function keep(listed: BlobListing, known: KeptObject | undefined): Promise<KeptObject | undefined> {
    if (known) return known
    const storedAs = { set, number: number++ }
    const stored = await storeObject(source, vault, listed, storedAs)
    if (!stored) return undefined
    objects.newBytes += stored.size
    return { key: listed.key, modifiedAt: listed.modifiedAt.toISOString(), ...stored, storedAs }
  }
  async function* keepAll(): AsyncGenerator<string> {
    for await (const some of gather(source)) {
      const known: (KeptObject | undefined)[] = []
      for (const listed of some) known.push(await lookup.find(listed))
      for (const kept of await Promise.all(some.map((listed, index) => keep(listed, known[index])))) {
        if (!kept) continue
        objects.count += 1
        objects.bytes += kept.size
        yield JSON.stringify(kept)
      }
    }
  }
  const facts = await writeLines(vault, { set, name: listName, lines: toBytes(keepAll()) })
  return { streams: [facts], objects }
}
