import { createInterface } from 'node:readline/promises'
import type { Said } from '../command.ts'
import { Fault, UsageFault } from '../fault.ts'
import { type Question, questions } from './settings.ts'

export type Ask = (question: string) => Promise<string>

/** Asks on the terminal; where there is none, nobody is asked. */
export function openTerminal(signal: AbortSignal): { ask: Ask | undefined; close: () => void } {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return { ask: undefined, close: () => undefined }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  return { ask: (question) => terminal.question(question, { signal }), close: () => terminal.close() }
}

async function askUntilGood({ text, findFault }: Question, { ask, usual }: { ask: Ask; usual: string | undefined }) {
  let complaint = ''
  for (;;) {
    const given = (await ask(`${complaint}${text}${usual === undefined ? '' : ` [${usual}]`}: `)).trim()
    const answer = given === '' && usual !== undefined ? usual : given
    const fault = findFault(answer)
    if (fault === undefined) return answer
    complaint = `  That ${fault}.\n`
  }
}

/** What the command line says must be good, and must not contradict what .env says already. */
function assertConsistent(values: Said['values'], known: ReadonlyMap<string, string>): void {
  for (const { flag, name, findFault } of questions) {
    const [said, stands] = [values[flag], known.get(name)]
    if (typeof said === 'string') {
      const fault = findFault(said)
      if (fault !== undefined) throw new UsageFault(`--${flag} ${fault}, not "${said}".`, 'Say it again.')
      if (stands && stands !== said)
        throw new Fault(
          `.env says ${name}=${stands} and the command line ${said}.`,
          'Change it in .env, then run ./ops init.',
        )
    }
    const fault = stands ? findFault(stands) : undefined
    if (fault !== undefined)
      throw new Fault(`${name} in .env ${fault}, not "${stands}".`, 'Change it there, then run this again.')
  }
}

/** The operator's decisions: those of .env stay, the others come from the command line or are asked for. */
export async function askSettings(
  values: Said['values'],
  { known, ask }: { known: ReadonlyMap<string, string>; ask: Ask | undefined },
): Promise<ReadonlyMap<string, string>> {
  assertConsistent(values, known)
  const answers = new Map([...known].filter(([, value]) => value !== ''))
  const missing: string[] = []
  for (const question of questions) {
    const { flag, name } = question
    if (answers.has(name)) continue
    const said = values[flag]
    const usual = question.usual?.(answers)
    if (typeof said === 'string') answers.set(name, said)
    else if (ask !== undefined) answers.set(name, await askUntilGood(question, { ask, usual }))
    else if (usual !== undefined) answers.set(name, usual)
    else missing.push(`--${flag}`)
  }
  if (missing.length === 0) return answers
  throw new UsageFault(
    `There is no terminal to ask on, and the command line lacks ${missing.join(', ')}.`,
    './ops init --help tells what each is.',
  )
}
