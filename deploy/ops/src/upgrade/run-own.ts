import { join } from 'node:path'
import type { Surroundings } from '../command.ts'
import { Fault } from '../fault.ts'
import { showProgram } from '../show-program.ts'

/** Runs another command of ops, as it is in the sources that are checked out now: each revision knows best how it is begun. */
export async function runOwn(words: readonly string[], { root, signal }: Surroundings): Promise<void> {
  const { code } = await showProgram(join(root, 'ops'), words, { folder: root, signal })
  if (code === 0) return
  throw new Fault(`./ops ${words.join(' ')} failed.`, 'Why stands above.')
}
