import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Storage } from './storage.ts'

/** Ends the name of a file that is being written; no key's name has it, because `encodeURIComponent` leaves no "@". */
const unfinished = '@new'

/** The key of a file, by its name; what we cannot have named is not ours. */
function readKeys(name: string): string[] {
  try {
    const key = decodeURIComponent(name)
    return encodeURIComponent(key) === name ? [key] : []
  } catch (error) {
    if (error instanceof URIError) return []
    throw error
  }
}

/** Whether a file is what a process left that was killed while it wrote a key. */
function isLeft(name: string): boolean {
  return name.endsWith(unfinished) && readKeys(name.slice(0, -unfinished.length)).length > 0
}

/** Keeps texts as files that only the current user can read; one process at a time may use a folder. */
export async function openFileStorage(folder: string): Promise<Storage> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const left = (await readdir(folder)).filter(isLeft)
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })))
  const pathOf = (key: string) => join(folder, encodeURIComponent(key))
  return {
    async list(prefix) {
      const keys = (await readdir(folder)).flatMap(readKeys).filter((key) => key.startsWith(prefix))
      return new Map(await Promise.all(keys.map(async (key) => [key, await readFile(pathOf(key), 'utf8')] as const)))
    },
    async write(key, text) {
      const path = pathOf(key)
      // Renamed into place, so that a process that is killed leaves the old text or the new one and never half of it.
      await writeFile(path + unfinished, text, { mode: 0o600 })
      await rename(path + unfinished, path)
    },
    remove: (key) => rm(pathOf(key), { force: true }),
  }
}
