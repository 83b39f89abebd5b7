import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { environment } from './config.ts'

export type Ran = { code: number; said: string }

/** Runs the operator's tool of the stack that runs here; what it says goes to the terminal, too. */
export async function runOps(folder: string, ...words: readonly string[]): Promise<Ran> {
  const child = spawn(join(folder, 'ops'), words, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
      process.stderr.write(text)
    })
  }
  const [code] = await once(child, 'close')
  return { code, said }
}
