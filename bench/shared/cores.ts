import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

const cores = availableParallelism()

/** Whether what is measured can have a core to itself. */
export const canPin = cores > 1 && spawnSync('taskset', ['-V']).status === 0

/** Leaves the first core to what is measured: this process and all that it starts from now on use the others. */
export function leaveFirstCore(): void {
  if (canPin) spawnSync('taskset', ['-a', '-c', '-p', `1-${cores - 1}`, `${process.pid}`])
}

/** The command that runs a program on the first core, where the system can do that. */
export function onFirstCore(command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  return canPin ? ['taskset', '-c', '0', ...command] : command
}
