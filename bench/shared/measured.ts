import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { surroundings } from '@secureconnect/test/helpers'
import type { Usage } from './child.ts'
import { onFirstCore } from './cores.ts'

type Options = {
  args?: readonly string[]
  env?: Readonly<Record<string, string>>
  /** Whether it gets the first core; all that is not measured shares the others. */
  isForwarder?: boolean
}

/** A process of this bench, which tells what it uses. */
export class Measured implements AsyncDisposable {
  static async start(script: string, { args = [], env = {}, isForwarder = false }: Options): Promise<Measured> {
    const usual = [process.execPath, join(import.meta.dirname, script), ...args] as const
    const [file, ...rest] = isForwarder ? onFirstCore(usual) : usual
    const child = spawn(file, rest, {
      env: { ...surroundings, ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const ended = once(child, 'exit').then(() => {
      throw new Error(`${script} ${args[0] ?? ''} ended before it was ready`)
    })
    const [ready] = await Promise.race([once(child, 'message'), ended])
    ended.catch(() => undefined)
    return new Measured(child, ready.port ?? Number(env.PORT))
  }

  readonly url: string
  readonly pid: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.pid = child.pid ?? 0
    this.url = `http://127.0.0.1:${port}`
  }

  usage(): Promise<Usage> {
    return this.#ask('usage')
  }

  /** With a heap that holds only what is alive. */
  collectedUsage(): Promise<Usage> {
    return this.#ask('collected usage')
  }

  async #ask(question: string): Promise<Usage> {
    this.#child.send(question)
    const [usage] = await once(this.#child, 'message')
    return usage
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.disconnect()
    await ended
  }
}
