import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '@secureconnect/errors'
import { withoutRequest } from '@secureconnect/logging'
import type { Context } from '../context.ts'
import { repeat, tellFailure } from '../repeat.ts'
import { loadNow } from '../stores/logged-messages.ts'
import { listUnnotified } from '../stores/notification-state.ts'
import { type Notifying, notify } from './notify.ts'

const name = 'notifier'
const sweepEveryMs = 1_000
const conversationsPerPass = 200
/** While much happens, what comes within this time is looked at together: the more there is, the less each costs. */
const pauseMs = 200
/** Transactions that were under way at the last sweep are seen for so long. */
const slackMs = 10_000

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
  #since = new Date(0)

  constructor(needed: Needed) {
    this.#needed = needed
    needed.fanOut.listen((conversationIds) => this.#wake(conversationIds))
    this.#sweeps = repeat({ name, everyMs: sweepEveryMs, log: needed.log, work: () => this.#sweep() })
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
      await this.#notify(ids).catch((error) => tellFailure({ name, log: this.#needed.log }, error))
      await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  async #sweep(): Promise<void> {
    const { background } = this.#needed.sql
    const now = await loadNow(background)
    const since = new Date(this.#since.getTime() - slackMs)
    const ids = await listUnnotified(background, { since, rows: conversationsPerPass })
    if (ids.length > 0) await this.#notify(ids)
    if (ids.length < conversationsPerPass) this.#since = now
  }

  async #notify(ids: readonly string[]): Promise<void> {
    const { sql, log } = this.#needed
    try {
      const pass = () => sql.background.transaction((tx) => notify(tx, ids, this.#needed))
      while (!(await pass()).isAll && !this.#closing.signal.aborted);
    } catch (error) {
      if (error instanceof AppError) throw error
      // One that cannot be looked at must not keep the others from it.
      if (ids.length > 1) for (const id of ids) await this.#notify([id])
      else log.error({ error, conversation_id: ids[0] }, 'nobody could be notified of what happened in a conversation')
    }
  }
}

/** Starts to notify people. */
export function runNotifier(context: Needed): AsyncDisposable {
  return new Notifier(context)
}
