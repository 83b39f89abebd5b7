import type { CloseReason } from '@secureconnect/protocol/constants'
import { delay } from '../delay.ts'
import { ConnectionError } from '../errors.ts'
import { onOnline } from '../surroundings.ts'
import { planNextStep } from './after-close.ts'
import { type Closing, Connection } from './connection.ts'
import type { Language } from './language.ts'
import type { Pace } from './pacer.ts'

/** Whether there is a connection: `closed` until it is opened, and again when the service says to stay away. */
export type LinkState =
  | { status: 'connecting' | 'open' }
  | { status: 'waiting'; waitMs: number; error?: unknown }
  | { status: 'closed'; reason?: CloseReason }

/** How a socket is opened this time. */
export type Opening = { url: string; headers?: Readonly<Record<string, string>> }

type LinkOptions<L extends Language> = {
  pace: Pace
  /** The longest pause before it tries again. */
  mostWaitMs: number
  /** Asks for what opens the next socket; `isDoubtful` when the last one was refused before it said a word. */
  authorise: (isDoubtful: boolean) => Promise<Opening>
  renewToken: () => Promise<unknown>
  onFrame: (frame: L['told']) => void
  onReady: (connection: Connection<L>) => void
  onState: (state: LinkState) => void
}

/** What is known against the token at hand. */
type Doubts = { isDoubtful: boolean; needsToken: boolean }

/** A connection that comes back by itself until it is closed, or the service says to stay away. */
export class Link<L extends Language> {
  readonly #options: LinkOptions<L>
  #state: LinkState = { status: 'closed' }
  #running: AbortController | undefined
  #ready = Promise.withResolvers<Connection<L>>()

  constructor(options: LinkOptions<L>) {
    this.#options = options
  }

  get state(): LinkState {
    return this.#state
  }

  /** The connection, as soon as there is one. */
  async getConnection(): Promise<Connection<L>> {
    if (!this.#running) throw new ConnectionError('It is closed: open it first.')
    return this.#ready.promise
  }

  open(): void {
    if (this.#running) return
    this.#running = new AbortController()
    this.#expectConnection()
    void this.#run(this.#running.signal)
  }

  close(reason?: CloseReason): void {
    if (!this.#running) return
    this.#running.abort()
    this.#running = undefined
    this.#ready.reject(new ConnectionError('It is closed.'))
    this.#setState({ status: 'closed', ...(reason && { reason }) })
  }

  [Symbol.dispose](): void {
    this.close()
  }

  async #run(signal: AbortSignal): Promise<void> {
    let failures = 0
    let isDoubtful = false
    let needsToken = false
    for (;;) {
      this.#setState({ status: 'connecting' })
      const attempt = await this.#live(signal, { isDoubtful, needsToken })
      if (signal.aborted) return
      const next = planNextStep(attempt, { failures, mostMs: this.#options.mostWaitMs })
      if (next.kind === 'stop') return this.close(next.reason)
      failures = next.failures
      isDoubtful = !attempt.wasGreeted
      needsToken = next.renewToken
      const { waitMs } = next
      this.#setState({ status: 'waiting', waitMs, ...('error' in attempt && { error: attempt.error }) })
      await this.#wait(waitMs, signal)
      if (signal.aborted) return
    }
  }

  /** From asking for a socket to its end. */
  async #live(signal: AbortSignal, { isDoubtful, needsToken }: Doubts): Promise<Closing> {
    const { pace, authorise, renewToken, onFrame } = this.#options
    const nothing = { code: 1006, wasGreeted: false, readyForMs: undefined }
    let opening: Opening
    try {
      if (needsToken) await renewToken()
      opening = await authorise(isDoubtful)
    } catch (error) {
      return { ...nothing, error }
    }
    if (signal.aborted) return nothing
    const connection = Connection.open<L>({ ...opening, pace, onFrame, onReady: (ready) => this.#begin(ready) })
    const close = () => connection.close()
    signal.addEventListener('abort', close, { once: true })
    const closing = await connection.closed
    signal.removeEventListener('abort', close)
    if (closing.readyForMs !== undefined && !signal.aborted) this.#expectConnection()
    return closing
  }

  #begin(connection: Connection<L>): void {
    this.#options.onReady(connection)
    this.#setState({ status: 'open' })
    this.#ready.resolve(connection)
  }

  #expectConnection(): void {
    this.#ready = Promise.withResolvers()
    // Whether anybody waits for it or not.
    this.#ready.promise.catch(() => undefined)
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    const online = new AbortController()
    const stop = onOnline(() => online.abort())
    await delay(ms, AbortSignal.any([signal, online.signal]))
    stop()
  }

  #setState(state: LinkState): void {
    this.#state = state
    this.#options.onState(state)
  }
}
