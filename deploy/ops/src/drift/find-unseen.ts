import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Running } from './read-running.ts'

const isSame = (one: string, other: string) => readFileSync(one).equals(readFileSync(other))

function findDifferent(source: string, seen: string): string | undefined {
  if (!statSync(source).isDirectory()) return isSame(source, seen) ? undefined : source
  for (const name of readdirSync(source)) {
    const different = findDifferent(join(source, name), join(seen, name))
    if (different !== undefined) return different
  }
  return undefined
}

/**
 * The file of a mount that the container has another content of: one that is mounted alone stays what it was when another
 * is put in its place. Its programs' own view tells, which the kernel shows to root on the engine's machine; elsewhere
 * nothing is found.
 */
export function findUnseen(
  { pid, hostname }: Pick<Running, 'pid' | 'hostname'>,
  { source, target }: { source: string; target: string },
): string | undefined {
  const view = `/proc/${pid}/root`
  try {
    // The number may be that of a program here where the engine is on another machine.
    if (readFileSync(join(view, 'etc/hostname'), 'utf8').trim() !== hostname) return undefined
    return findDifferent(source, join(view, target))
  } catch {
    return undefined
  }
}
