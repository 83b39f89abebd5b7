import { accessSync, constants, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there, or not ours to run: the search goes on.
    return false
  }
}

/** Finds a program in folders given as a glob pattern, the last match first: that is the newest version. */
export function findInFolders(name: string, pattern: string): string | undefined {
  const folders = globSync(pattern).sort().reverse()
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

/** Finds a program on PATH, or else in the folders given as a glob pattern. */
export function findProgram(name: string, pattern?: string): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))
  return onPath.find(isExecutable) ?? (pattern ? findInFolders(name, pattern) : undefined)
}
