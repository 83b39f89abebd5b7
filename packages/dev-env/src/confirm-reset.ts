import { createInterface } from 'node:readline/promises'
import type { Options } from './options.ts'

/** Asks before everything is deleted; whoever leaves the question without an answer means no. */
export async function confirmReset({ folder, isSure }: Options, leave: AbortSignal): Promise<boolean> {
  if (isSure) return true
  if (!process.stdin.isTTY) throw new Error('--reset asks before it deletes: answer with --yes where nobody can type.')
  using lines = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const question = `Delete all accounts, messages and files in ${folder}? [y/N] `
    return /^y(es)?$/i.test((await lines.question(question, { signal: leave })).trim())
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error
    console.log()
    return false
  }
}
