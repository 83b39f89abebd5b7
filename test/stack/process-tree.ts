import { readFileSync } from 'node:fs'

/** The processes that `pid` started. Only Linux tells; elsewhere a server is signalled without its children. */
function childrenOf(pid: number): number[] {
  if (process.platform !== 'linux') return []
  try {
    const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return pids.split(' ').filter(Boolean).map(Number)
  } catch {
    // The process has ended, and so it has no children.
    return []
  }
}

/** Signals a process and all below it, the parent first, so that it starts no more of them meanwhile. */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended already: nothing is left to signal.
    return
  }
  for (const child of childrenOf(pid)) signalTree(child, signal)
}
