import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '@secureconnect/errors'
import { withoutRequest } from '@secureconnect/logging'
import { tellFailure } from '@secureconnect/service'
import type { Context } from '../context.ts'
import { followChanges } from '../follow-changes.ts'
import { listUnnotified } from '../stores/notification-state.ts'
import { type Notifying, notify } from './notify.ts'

const name = 'notifier'
const conversationsPerPass = 200
/** While much happens, what comes within this time is looked at together: the more there is, the less each costs. */
const pauseMs = 500

type Needed = Notifying & Pick<Context, 'sql' | 'log'>

/**
 * Looks at what happens in conversations for whom it concerns, as soon as it is committed. What this process did not
 * hear of, or another one left, a sweep finds within a second.
 */
export class Notifier {
  readonly #needed: Needed
  readonly #waiting = new Set<string>()
  readonly #closing = new AbortController()
  readonly #sweeps: AsyncDisposable
  #running: Promise<void> | undefined

  constructor(needed: Needed) {
    this.#needed = needed
    needed.fanOut.listen((conversationIds) => this.#wake(conversationIds))
    this.#sweeps = followChanges({
      name,
      sql: needed.sql,
      log: needed.log,
      listPending: (changes) => listUnnotified(needed.sql.background, changes),
      bringOn: (ids, signal) => this.#notify(ids, signal),
      isAway: (error) => error instanceof AppError,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await this.#sweeps[Symbol.asyncDispose]()
    await this.#running
  }

  #wake(conversationIds: readonly string[]): void {
    if (this.#closing.signal.aborted) return
    for (const id of conversationIds) this.#waiting.add(id)
    this.#running ??= withoutRequest(() => this.#run()).finally(() => {
      this.#running = undefined
    })
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    while (this.#waiting.size > 0 && !signal.aborted) {
      const ids = [...this.#waiting.values().take(conversationsPerPass)]
      for (const id of ids) this.#waiting.delete(id)
      // What fails is found again by the sweep.
      await this.#notify(ids, signal).catch((error) => tellFailure({ name, log: this.#needed.log }, error))
      await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  /** Notifies of all that happened in conversations, and answers those for which that was possible. */
  async #notify(ids: readonly string[], signal: AbortSignal): Promise<Set<string>> {
    const { sql } = this.#needed
    while (!signal.aborted) {
      const { isAll } = await sql.background.transaction((tx) => notify(tx, ids, this.#needed))
      if (isAll) return new Set(ids)
    }
    return new Set()
  }
}

/** Starts to notify people. */
export function runNotifier(context: Needed): AsyncDisposable {
  return new Notifier(context)
}
