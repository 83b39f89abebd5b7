import { setTimeout as delay } from 'node:timers/promises'
import { toAppError } from '@secureconnect/errors'
import { asCritical, withoutRequest } from '@secureconnect/logging'
import type { Metrics } from '@secureconnect/metrics'
import { isUnavailable, type Sql } from '@secureconnect/sql'
import { sendsWaiting } from '../errors.ts'
import type { FanOut } from '../fan-out/fan-out.ts'
import type { Draft } from './draft.ts'
import { type Sent, sendBatch } from './send-batch.ts'

const lanes = 4
const waitingPerLane = 1_000
const draftsPerBatch = 200

export type SendLanesOptions = { sql: Sql; fanOut: Pick<FanOut, 'publish'>; metrics: Metrics }

/** Before conversations that others hold are tried again, where nothing else waits to be sent. */
const heldPauseMs = 20

type Answer = Exclude<Sent, { kind: 'held' }>
type Waiting = { draft: Draft; resolve: (sent: Answer) => void; reject: (error: unknown) => void }

/**
 * Group commit: what is sent while a transaction is under way goes together in the next one, so that a message costs
 * the less the more there are. A conversation is always in the same lane.
 */
export class SendLanes {
  readonly #lanes: readonly Lane[]

  constructor(options: SendLanesOptions) {
    this.#lanes = Array.from({ length: lanes }, () => new Lane(options))
  }

  /** Stores a message, once it is its turn; what it answers is committed. */
  send(draft: Draft): Promise<Answer> {
    const lane = this.#lanes[Number.parseInt(draft.conversationId.slice(-4), 16) % lanes]
    if (!lane) throw new Error(`${draft.conversationId} is no id`)
    return lane.send(draft)
  }
}

/**
 * A lane's batches wait for nobody: conversations that somebody else has locked are left out, and one at a time is waited
 * for in a transaction beside them. What is sent to a conversation stays in order, because it is in one place at a time.
 */
class Lane {
  readonly #options: SendLanesOptions
  #waiting: Waiting[] = []
  #isBusy = false
  /** The conversation whose lock is waited for. */
  #awaited: string | undefined

  constructor(options: SendLanesOptions) {
    this.#options = options
  }

  send(draft: Draft): Promise<Answer> {
    if (this.#waiting.length >= waitingPerLane) throw sendsWaiting()
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    this.#waiting.push({ draft, resolve, reject })
    this.#start()
    return promise
  }

  #start(): void {
    // A batch belongs to many requests, and must not end with the first of them; nor wait behind what is read.
    if (!this.#isBusy) withoutRequest(() => asCritical(() => void this.#run()))
  }

  async #run(): Promise<void> {
    this.#isBusy = true
    for (;;) {
      const batch = this.#take(({ conversationId }) => conversationId !== this.#awaited)
      if (batch.length === 0) break
      const held = await this.#send(batch, { waits: false })
      this.#putBack(held)
      const [first] = held
      if (first && this.#awaited === undefined) void this.#await(first.draft.conversationId)
      else if (held.length === batch.length) await delay(heldPauseMs)
    }
    this.#isBusy = false
  }

  /** Waits for the lock of a conversation with what is to be sent there. */
  async #await(conversationId: string): Promise<void> {
    this.#awaited = conversationId
    await this.#send(
      this.#take((draft) => draft.conversationId === conversationId),
      { waits: true },
    )
    this.#awaited = undefined
    this.#start()
  }

  /** Takes the next batch of what waits, the oldest first. */
  #take(isWanted: (draft: Draft) => boolean): Waiting[] {
    const batch: Waiting[] = []
    this.#waiting = this.#waiting.filter((one) => {
      const isTaken = batch.length < draftsPerBatch && isWanted(one.draft)
      if (isTaken) batch.push(one)
      return !isTaken
    })
    return batch
  }

  /** Has what is held wait behind all others, so that however much it is it takes no batch from them; in its order. */
  #putBack(held: readonly Waiting[]): void {
    if (held.length === 0) return
    const ids = new Set(held.map(({ draft }) => draft.conversationId))
    const isHeld = ({ draft }: Waiting) => ids.has(draft.conversationId)
    const later = this.#waiting.filter(isHeld)
    this.#waiting = [...this.#waiting.filter((one) => !isHeld(one)), ...held, ...later]
  }

  /** Stores a batch and answers its senders, but for those whose conversation is held; these it returns. */
  async #send(batch: readonly Waiting[], { waits }: { waits: boolean }): Promise<Waiting[]> {
    try {
      const sent = await this.#store({ drafts: batch.map(({ draft }) => draft), waits })
      return batch.filter(({ resolve, reject }, index) => {
        const own = sent[index]
        if (own?.kind === 'held') return true
        if (own) resolve(own)
        else reject(new Error('Each draft of a batch has its answer'))
        return false
      })
    } catch (error) {
      if (batch.length === 1 || isUnavailable(error)) {
        for (const { reject } of batch) reject(toAppError(error))
        return []
      }
      // One that the database refuses must not take the others with it. Without a database none would fare better.
      const held: Waiting[] = []
      for (const one of batch) {
        // What follows a held one in its conversation stays behind it.
        const isBehind = held.some(({ draft }) => draft.conversationId === one.draft.conversationId)
        held.push(...(isBehind ? [one] : await this.#send([one], { waits })))
      }
      return held
    }
  }

  #store(batch: { drafts: readonly Draft[]; waits: boolean }): Promise<Sent[]> {
    const { sql, fanOut, metrics } = this.#options
    return sql.transaction(async (tx) => {
      const sent = await sendBatch(tx, batch)
      const events = sent.flatMap((one) => (one.kind === 'sent' ? [one.event] : []))
      if (events.length === 0) return sent
      tx.afterCommit(() => {
        metrics.sendLaneBatchSize.observe(events.length)
        fanOut.publish(events)
      })
      return sent
    })
  }
}
