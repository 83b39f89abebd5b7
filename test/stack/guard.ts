import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command, Ending, GuardEvent, GuardOrder } from './guard-messages.ts'

export type GuardedProcess = { pid: number; ended: Promise<Ending> }

/**
 * Runs programs in a process of its own that outlives this one by just long enough to end them and to remove their files.
 * It does not keep this process alive: a test file that is done ends, and its servers with it.
 */
export class Guard {
  static async create(): Promise<Guard> {
    const child = fork(join(import.meta.dirname, 'guard-process.ts'), {
      detached: true,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const [ready]: GuardEvent[] = await once(child, 'message')
    if (ready?.kind !== 'ready') throw new Error('The guard of the test servers did not start.')
    return new Guard(child, ready.folder)
  }

  readonly #child: ChildProcess
  readonly folder: string
  readonly #waiting = new Map<number, { started: (pid: number) => void; ended: (ending: Ending) => void }>()
  #orders = 0
  #needed = 0

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child
    this.folder = folder
    child.on('message', (event) => this.#take(event as GuardEvent))
    child.unref()
    child.channel?.unref()
  }

  /** A new folder that is removed with the guard at the latest. */
  createFolder(name: string): Promise<string> {
    return mkdtemp(join(this.folder, `${name}-`))
  }

  /** Starts a program; throws if it cannot be started at all. */
  async start(command: Command): Promise<GuardedProcess> {
    const id = ++this.#orders
    const started = Promise.withResolvers<number>()
    const ended = Promise.withResolvers<Ending>()
    this.#waiting.set(id, { started: started.resolve, ended: ended.resolve })
    this.#child.send({ id, command } satisfies GuardOrder)
    const failed = ended.promise.then(({ reason }) => Promise.reject(new Error(`${command.file}: ${reason}`)))
    const pid = await this.whileNeeded(Promise.race([started.promise, failed]))
    failed.catch(() => undefined)
    return { pid, ended: ended.promise }
  }

  /** Runs a program to its end; throws unless it succeeds. */
  async run(command: Command): Promise<void> {
    const { ended } = await this.start(command)
    const { code, reason } = await this.whileNeeded(ended)
    if (code !== 0) throw new Error(`${command.file}: ${reason}\n${await readFile(command.logFile, 'utf8')}`)
  }

  /** Keeps this process alive until the guard has told what is awaited. */
  async whileNeeded<T>(work: Promise<T>): Promise<T> {
    if (this.#needed++ === 0) this.#child.channel?.ref()
    try {
      return await work
    } finally {
      if (--this.#needed === 0) this.#child.channel?.unref()
    }
  }

  /** Ends every program and removes every folder; resolves when that is done. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.ref()
    const exited = once(this.#child, 'exit')
    if (this.#child.connected) this.#child.disconnect()
    await exited
  }

  #take(event: GuardEvent): void {
    if (event.kind === 'ready') return
    const waiting = this.#waiting.get(event.id)
    if (event.kind === 'started') waiting?.started(event.pid)
    else {
      waiting?.ended(event.ending)
      this.#waiting.delete(event.id)
    }
  }
}
