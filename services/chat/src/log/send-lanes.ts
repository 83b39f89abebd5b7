import { toAppError } from '@secureconnect/errors'
import { withoutRequest } from '@secureconnect/logging'
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

type Waiting = { draft: Draft; resolve: (sent: Sent) => void; reject: (error: unknown) => void }

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
  send(draft: Draft): Promise<Sent> {
    const lane = this.#lanes[Number.parseInt(draft.conversationId.slice(-4), 16) % lanes]
    if (!lane) throw new Error(`${draft.conversationId} is no id`)
    return lane.send(draft)
  }
}

class Lane {
  readonly #options: SendLanesOptions
  #waiting: Waiting[] = []
  #isBusy = false

  constructor(options: SendLanesOptions) {
    this.#options = options
  }

  send(draft: Draft): Promise<Sent> {
    if (this.#waiting.length >= waitingPerLane) throw sendsWaiting()
    const { promise, resolve, reject } = Promise.withResolvers<Sent>()
    this.#waiting.push({ draft, resolve, reject })
    // A batch belongs to many requests, and must not end with the first of them.
    if (!this.#isBusy) withoutRequest(() => void this.#run())
    return promise
  }

  async #run(): Promise<void> {
    this.#isBusy = true
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, draftsPerBatch)
      this.#options.metrics.sendLaneBatchSize.observe(batch.length)
      await this.#send(batch)
    }
    this.#isBusy = false
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    try {
      const sent = await this.#store(batch.map(({ draft }) => draft))
      for (const [index, { resolve, reject }] of batch.entries()) {
        const own = sent[index]
        if (own) resolve(own)
        else reject(new Error('Each draft of a batch has its answer'))
      }
    } catch (error) {
      // One that the database refuses must not take the others with it. Without a database none would fare better.
      if (batch.length > 1 && !isUnavailable(error)) for (const one of batch) await this.#send([one])
      else for (const { reject } of batch) reject(toAppError(error))
    }
  }

  #store(drafts: readonly Draft[]): Promise<Sent[]> {
    const { sql, fanOut } = this.#options
    return sql.transaction(async (tx) => {
      const sent = await sendBatch(tx, drafts)
      const events = sent.flatMap((one) => (one.kind === 'sent' ? [one.event] : []))
      if (events.length > 0) tx.afterCommit(() => fanOut.publish(events))
      return sent
    })
  }
}
