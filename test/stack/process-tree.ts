import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

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

/** Whether a thread of the process may still do something; what Linux does not tell is taken for stopped. */
function isRunning(pid: number): boolean {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const stateOf = (thread: string) => /.*\) (.)/s.exec(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8'))?.[1]
    return threads.some((thread) => !/[TtZX]/.test(stateOf(thread) ?? ''))
  } catch {
    // The process, or one of its threads, ended meanwhile. A thread that is gone tells nothing about the others.
    return existsSync(`/proc/${pid}/task`)
  }
}

/**
 * Stops a process and all that it started. A signal is only a wish: until one thread gets a turn to read it, which
 * takes a while on a busy machine, the others go on.
 */
export async function stopTree(root: number): Promise<void> {
  signalTree(root, 'SIGSTOP')
  while (treeOf(root).some(isRunning)) {
    await sleep(1)
    // Again, for what was started while it was signalled.
    signalTree(root, 'SIGSTOP')
  }
}
