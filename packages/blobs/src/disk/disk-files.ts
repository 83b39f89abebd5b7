import { randomUUID } from 'node:crypto'
import {
  copyFile,
  type FileHandle,
  link,
  mkdir,
  open,
  opendir,
  readdir,
  rename,
  rm,
  stat,
  statfs,
  writeFile,
} from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { BlobFacts, BlobListing } from '../blobs.ts'
import { codeOf } from '../error-code.ts'
import { createSink } from './create-sink.ts'
import type { Expected } from './judge-bytes.ts'

/** A file that is open for reading, until its handle is closed. */
export type OpenFile = { facts: BlobFacts; handle: FileHandle }

/** Nothing is kept of what is not as expected, and of what is given up. */
type PutOptions = { expected?: Expected; signal?: AbortSignal }

/** Files under keys, each there as a whole or not at all. */
export type DiskFiles = {
  /** Takes what a source gives and uses it up: the memory of its pieces is given back. */
  put(key: string, source: AsyncIterable<Buffer>, options?: PutOptions): Promise<BlobFacts>
  write(key: string, bytes: Buffer): Promise<void>
  /** Takes a file that is there already and never written to again; on the same disk no byte is moved. */
  adopt(key: string, path: string): Promise<void>
  open(key: string): Promise<OpenFile | undefined>
  stat(key: string): Promise<BlobFacts | undefined>
  /** The same bytes under a second key, on the disk for certain; false when there are none. */
  link(from: string, to: string): Promise<boolean>
  remove(key: string): Promise<void>
  /** Removes all keys that begin so and go on with `/`. */
  removeFolder(key: string): Promise<void>
  /** Removes what a process that crashed had begun to write. */
  removeAbandoned(): Promise<void>
  list(prefix: string): AsyncIterable<BlobListing>
  freeBytes(): Promise<number>
}

const keyPattern = /^[A-Za-z0-9-]+(\/[A-Za-z0-9-]+)*$/
/** Long after the last piece came: whoever sends nothing for much less has been hung up on. */
const abandonedAfterMs = 600_000

async function orMissing<T, O>(work: Promise<T>, otherwise: O): Promise<T | O> {
  try {
    return await work
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return otherwise
    throw error
  }
}

type Stats = { size: bigint; ino: bigint; mtimeNs: bigint }

function toFacts({ size, ino, mtimeNs }: Stats): BlobFacts {
  return { size: Number(size), etag: `${ino.toString(36)}-${size.toString(36)}-${mtimeNs.toString(36)}` }
}

/** Waits until a file or folder would survive the machine's end. */
async function sync(path: string): Promise<void> {
  await using handle = await open(path)
  await handle.sync()
}

/** Gives a file its place, also where the folder of that is removed at the same moment. */
async function moveInto(from: string, to: string): Promise<void> {
  const move = async () => {
    await mkdir(dirname(to), { recursive: true })
    await rename(from, to)
    return true
  }
  while (!(await orMissing(move(), false))) await stat(from)
}

/** A file that is on another disk has to be copied. */
async function linkOrCopy(path: string, beside: string): Promise<void> {
  await sync(path)
  await link(path, beside).catch(() => copyFile(path, beside))
}

async function removeOld(folder: string): Promise<void> {
  for (const name of await orMissing(readdir(folder), [])) {
    const path = join(folder, name)
    const found = await orMissing(stat(path), undefined)
    if (found && Date.now() - found.mtimeMs > abandonedAfterMs) await rm(path, { force: true })
  }
}

/** Keeps files in a folder. What is written arrives beside them and takes its place by one change of name. */
export function createDiskFiles(folder: string): DiskFiles {
  const kept = join(folder, 'kept')
  const arriving = join(folder, 'arriving')
  const pathOf = (key: string) => {
    if (!keyPattern.test(key)) throw new Error(`not a key: ${key}`)
    return join(kept, key)
  }
  /** Has `make` make a file beside, and puts it in its place. */
  const place = async <T>(key: string, make: (path: string) => Promise<T>): Promise<T> => {
    const [path, beside] = [pathOf(key), join(arriving, randomUUID())]
    await mkdir(arriving, { recursive: true })
    try {
      const made = await make(beside)
      await moveInto(beside, path)
      return made
    } finally {
      await rm(beside, { force: true })
    }
  }

  return {
    async put(key, source, { expected, signal } = {}) {
      return place(key, async (beside) => {
        await using file = await open(beside, 'wx')
        await pipeline(source, createSink(file, expected), signal ? { signal } : {})
        return toFacts(await file.stat({ bigint: true }))
      })
    },
    async write(key, bytes) {
      await place(key, (beside) => writeFile(beside, bytes, { flush: true }))
    },
    adopt: (key, path) => place(key, (beside) => linkOrCopy(path, beside)),
    async open(key) {
      const handle = await orMissing(open(pathOf(key)), undefined)
      if (!handle) return undefined
      return { facts: toFacts(await handle.stat({ bigint: true })), handle }
    },
    async stat(key) {
      const found = await orMissing(stat(pathOf(key), { bigint: true }), undefined)
      return found && toFacts(found)
    },
    async link(from, to) {
      const source = pathOf(from)
      const isThere = await orMissing(
        sync(source).then(() => true),
        false,
      )
      if (!isThere) return false
      await place(to, (beside) => link(source, beside))
      await sync(dirname(pathOf(to)))
      return true
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    // What arrives at the same moment is removed as well, or comes after.
    removeFolder: (key) => rm(pathOf(key), { recursive: true, force: true, maxRetries: 10 }),
    removeAbandoned: () => removeOld(arriving),
    async *list(prefix) {
      const from = join(kept, prefix.slice(0, prefix.lastIndexOf('/') + 1))
      const entries = await orMissing(opendir(from, { recursive: true }), [])
      for await (const entry of entries) {
        const path = join(entry.parentPath, entry.name)
        const key = relative(kept, path)
        if (!entry.isFile() || !key.startsWith(prefix)) continue
        const found = await orMissing(stat(path), undefined)
        // A copy has the time of its original as that of its bytes, but took its place later.
        if (found) yield { key, size: found.size, modifiedAt: found.ctime }
      }
    },
    async freeBytes() {
      await mkdir(kept, { recursive: true })
      const { bavail, bsize } = await statfs(kept)
      return bavail * bsize
    },
  }
}
