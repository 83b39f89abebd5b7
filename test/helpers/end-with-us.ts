import type { ChildProcess } from 'node:child_process'
import { signalTree } from '../stack/process-tree.ts'

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
const living = new Set<ChildProcess>()

function killAll(): void {
  for (const { pid } of living) if (pid !== undefined) signalTree(pid, 'SIGKILL')
}

function endAll(signal: NodeJS.Signals): void {
  killAll()
  // Whoever told us to end sees that we did for that.
  process.kill(process.pid, signal)
}

/** Has a process, with all that it started, end when this one does or is told to: nobody else would ever stop it. */
export function endWithUs(child: ChildProcess): void {
  if (living.size === 0) {
    for (const signal of signals) process.once(signal, endAll)
    process.once('exit', killAll)
  }
  living.add(child)
  child.once('exit', () => {
    living.delete(child)
    if (living.size > 0) return
    for (const signal of signals) process.off(signal, endAll)
    process.off('exit', killAll)
  })
}
