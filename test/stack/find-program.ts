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

/** Finds a program on PATH, or else in further folders given as a glob pattern, the last match first. */
export function findProgram(name: string, furtherFolders?: string): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter)
  const further = furtherFolders ? globSync(furtherFolders).sort().reverse() : []
  return [...onPath, ...further].map((folder) => join(folder, name)).find(isExecutable)
}
