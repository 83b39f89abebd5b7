import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Mounted } from '../docker/list-mounted-configs.ts'
import type { Running } from './read-running.ts'

const isSame = (one: string, other: string) => readFileSync(one).equals(readFileSync(other))

/** The first file whose content is another where it is seen; what something else lies over is passed by. */
function findDifferent(source: string, seen: string, covered: ReadonlySet<string>): string | undefined {
  if (covered.has(seen)) return undefined
  if (!statSync(source).isDirectory()) return isSame(source, seen) ? undefined : source
  for (const name of readdirSync(source)) {
    const different = findDifferent(join(source, name), join(seen, name), covered)
    if (different !== undefined) return different
  }
  return undefined
}

/**
 * The file of a mount that the container has another content of: one that is mounted alone stays what it was when another
 * is put in its place. Its programs' own view tells, which the kernel shows to root on the engine's machine; elsewhere
 * nothing is found. What is mounted over a part of it is judged by itself.
 */
export function findUnseen(
  { pid, hostname }: Pick<Running, 'pid' | 'hostname'>,
  { source, target }: Mounted,
  others: readonly Mounted[] = [],
): string | undefined {
  const view = `/proc/${pid}/root`
  try {
    // The number may be that of a program here where the engine is on another machine.
    if (readFileSync(join(view, 'etc/hostname'), 'utf8').trim() !== hostname) return undefined
    const within = others.filter((other) => other.target.startsWith(`${target}${sep}`))
    return findDifferent(source, join(view, target), new Set(within.map((other) => join(view, other.target))))
  } catch {
    return undefined
  }
}
