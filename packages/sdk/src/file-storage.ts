import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Storage } from './storage.ts'

const unfinished = '.new'

/** Keeps texts as files that only the current user can read; one process at a time may use a folder. */
export async function openFileStorage(folder: string): Promise<Storage> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const pathOf = (key: string) => join(folder, encodeURIComponent(key))
  return {
    async list(prefix) {
      const names = await readdir(folder)
      const wanted = names.filter((name) => name.startsWith(encodeURIComponent(prefix)) && !name.endsWith(unfinished))
      return Promise.all(wanted.map((name) => readFile(join(folder, name), 'utf8')))
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
