import type { Surroundings } from '../command.ts'
import { Fault } from '../fault.ts'
import { compose, followDocker } from './run-docker.ts'

/** It ends with its input, which the engine closes when we are gone: Ctrl-C must not leave a backup or restore going on. */
const program = ['node', 'deploy/backup/index.ts', '--attended']

/**
 * Runs the backup's own program: in its container, beside the schedule, or in one for this alone while that is stopped.
 * How it goes on is told line by line; what it found is the answer.
 */
export async function runBackupTool(
  words: readonly string[],
  { root, output, signal }: Surroundings,
  { isAlone = false } = {},
): Promise<string> {
  const how = isAlone
    ? compose('run', '--rm', '--no-deps', '--no-TTY', 'backup')
    : compose('exec', '--no-TTY', 'backup')
  const { code, printed, last } = await followDocker([...how, ...program, ...words], {
    root,
    signal,
    hear: output.tell,
  })
  if (code === 0) return printed.trimEnd()
  if (/is not running|no such service|No such container/i.test(last))
    throw new Fault('The container secureconnect_backup does not run.', 'Start it: ./ops up.')
  throw new Fault(`That did not succeed: ${last}`, 'See docs/operations.md, "Backups".')
}
