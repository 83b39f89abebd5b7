import { type ChildProcessWithoutNullStreams, type SpawnOptions, spawn } from 'node:child_process'
import { Writable } from 'node:stream'

/**
 * What a shell does before it becomes the program: it leaves a watcher that kills the program as soon as nobody holds the
 * other end of a pipe any more, which ends also with a process that is killed. Who is told that all is well kills nobody.
 */
const leash = '{ read -r _ <&3 || kill -9 $$; } >/dev/null 2>&1 & exec "$@" 3<&-'

/** Runs a program that knows nothing of this process, and ends with it, however that ends. */
export function spawnLeashed(
  command: readonly string[],
  options: { cwd?: string } = {},
): ChildProcessWithoutNullStreams {
  const settings = { ...options, stdio: ['pipe', 'pipe', 'pipe', 'pipe'], env: {} } satisfies SpawnOptions
  // All of its pipes are there, as they are asked for above, wherever it runs at all.
  const child = spawn('/bin/sh', ['-c', leash, 'sh', ...command], settings) as ChildProcessWithoutNullStreams
  // Nobody may listen yet, and an error that nobody hears ends this process with all its calls.
  child.on('error', () => undefined)
  const hold: unknown = (child.stdio as ChildProcessWithoutNullStreams['stdio'] | undefined)?.[3]
  if (!(hold instanceof Writable)) throw new Error('no program can be started: too many files are open')
  for (const pipe of [child.stdin, hold]) pipe.on('error', () => undefined)
  child.once('exit', () => hold.end('\n'))
  return child
}
