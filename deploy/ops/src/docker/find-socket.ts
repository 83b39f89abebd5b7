import { statSync } from 'node:fs'
import { loadDockerHost } from '../config.ts'

export type Socket = { path: string; gid: number }

const scheme = 'unix://'

/** The engine's socket on this machine and the group that may use it; undefined where there is none, or none yet. */
export function findSocket(): Socket | undefined {
  const host = loadDockerHost()
  if (!host.startsWith(scheme)) return undefined
  const path = host.slice(scheme.length)
  const found = statSync(path, { throwIfNoEntry: false })
  return found && { path, gid: found.gid }
}
