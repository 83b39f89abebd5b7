import { readFileSync } from 'node:fs'

/** A process and all that it started. Only Linux tells which; elsewhere a server is signalled without its children. */
function treeOf(pid: number): number[] {
  if (process.platform !== 'linux') return [pid]
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(treeOf)]
  } catch {
    // It has ended already, and so it has no children.
    return []
  }
}

/** Signals a process and all that it started. */
export function signalTree(root: number, signal: NodeJS.Signals): void {
  for (const pid of treeOf(root)) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended meanwhile: nothing is left to signal.
    }
  }
}
