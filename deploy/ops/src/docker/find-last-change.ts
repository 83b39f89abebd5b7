import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

export type Change = { path: string; at: number }

/** When a file, or anything in a folder, was changed last, and which; a file that is not there was never. */
export function findLastChange(path: string): Change {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return { path, at: 0 }
  const within = found.isDirectory() ? readdirSync(path).map((name) => findLastChange(join(path, name))) : []
  return within.reduce((latest, one) => (one.at > latest.at ? one : latest), { path, at: found.mtimeMs })
}
