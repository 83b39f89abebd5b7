import { chownSync, closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

export type Keeping = { mode: number; uid?: number | undefined }

/** Writes a file aside and renames it, so that a crash or a full disk leaves what was there, or the whole of the new. */
export function writeWhole(path: string, content: string, { mode, uid }: Keeping): void {
  const partial = join(dirname(path), `.${basename(path)}.partial`)
  try {
    const file = openSync(partial, 'w', 0o600)
    try {
      writeSync(file, content)
      fchmodSync(file, mode)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    if (uid !== undefined) chownSync(partial, uid, uid)
    renameSync(partial, path)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
}
