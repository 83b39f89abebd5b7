import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Opening } from './listeners.ts'

/** A process with many sockets that counts what comes in on them. */
export class Listening implements AsyncDisposable {
  static async create(opening: Opening): Promise<Listening> {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'listeners.ts')], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    child.send({ open: opening })
    const failed = once(child, 'exit').then(() => {
      throw new Error('The sockets could not be opened')
    })
    await Promise.race([once(child, 'message'), failed])
    failed.catch(() => undefined)
    return new Listening(child)
  }

  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  async count(): Promise<number> {
    this.#child.send({ count: true })
    const [{ frames }] = await once(this.#child, 'message')
    return frames
  }

  /** Waits until so many frames have come in. */
  async reached(frames: number): Promise<void> {
    while ((await this.count()) < frames) await new Promise((done) => setTimeout(done, 2))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.disconnect()
    await ended
  }
}
