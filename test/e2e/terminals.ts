import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** With the `home` of another one, it goes on with what that one kept. */
type Options = { me: string; friend: string; address: string; env: NodeJS.ProcessEnv; home?: string }
type Cleanup = { after: (work: () => unknown) => void }

export const example = resolve(import.meta.dirname, '../../packages/sdk/examples/chat.ts')

/** The SDK's example as somebody has it in a terminal: what is typed there, and what it shows. */
export class Terminal {
  static open(
    t: Cleanup,
    { me, friend, address, env, home = mkdtempSync(join(tmpdir(), 'terminal-')) }: Options,
  ): Terminal {
    const child = spawn(process.execPath, [example, me, friend, address], {
      env: { ...env, HOME: home },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    t.after(() => {
      child.kill('SIGKILL')
      rmSync(home, { recursive: true, force: true })
    })
    return new Terminal(child, home)
  }

  readonly home: string
  readonly shown: string[] = []
  readonly #child: ReturnType<typeof spawn>

  private constructor(child: ReturnType<typeof spawn>, home: string) {
    this.#child = child
    this.home = home
    if (!child.stdout) throw new Error('A terminal has an output')
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.shown.push(line)
      child.emit('line')
    })
  }

  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }

  /** Waits until a line like this is shown; an example that ended shows no more. */
  async shows(line: string): Promise<void> {
    const ended = once(this.#child, 'close').then(() => true)
    while (!this.shown.some((each) => each.startsWith(line))) {
      const isOver = await Promise.race([once(this.#child, 'line').then(() => false), ended])
      if (isOver) throw new Error(`It ended without "${line}", after: ${this.shown.join(' / ')}`)
    }
  }

  /** Ends it as Ctrl-D does, once all is sent; answers how it ended. */
  async end(): Promise<number | null> {
    const closed = once(this.#child, 'close')
    this.#child.stdin?.end()
    const [code] = await closed
    return code
  }
}
