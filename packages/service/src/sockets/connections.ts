import { setTimeout as delay } from 'node:timers/promises'
import type { Metrics } from '@secureconnect/metrics'
import { limits } from '@secureconnect/protocol'
import type { Connection } from './connection.ts'
import { timeToSendAway } from './time-to-send-away.ts'
import { WriteRounds } from './write-rounds.ts'

/** How exact heartbeats and deadlines are: one look at all sockets costs less than a timer for each. */
const tickMs = 500

/** The sockets of one endpoint in this process: how many, whose, and how they are sent away. */
export class Connections {
  readonly rounds: WriteRounds
  readonly #open = new Set<Connection>()
  readonly #perUser = new Map<string, number>()
  readonly #metrics: Metrics
  readonly #ticking: NodeJS.Timeout

  constructor(metrics: Metrics) {
    this.#metrics = metrics
    this.rounds = new WriteRounds(metrics)
    this.#ticking = setInterval(() => this.#tick(), tickMs).unref()
  }

  get size(): number {
    return this.#open.size
  }

  add(connection: Connection): void {
    this.#open.add(connection)
    this.#metrics.websocketConnections.inc()
  }

  remove(connection: Connection): void {
    if (!this.#open.delete(connection)) return
    this.#metrics.websocketConnections.dec()
    if (!connection.isReady || !connection.caller) return
    const { userId } = connection.caller
    const others = this.#countOf(userId) - 1
    if (others > 0) this.#perUser.set(userId, others)
    else this.#perUser.delete(userId)
  }

  /** Gives a socket that has just learnt whose it is a place beside the others of its user, if there is one. */
  admit({ caller }: Connection): boolean {
    if (!caller || this.#countOf(caller.userId) >= limits.socketsPerUser) return false
    this.#perUser.set(caller.userId, this.#countOf(caller.userId) + 1)
    return true
  }

  #countOf(userId: string): number {
    return this.#perUser.get(userId) ?? 0
  }

  /** Ends the sockets of a session that was revoked. */
  closeSession(sessionId: string): void {
    for (const connection of this.#open) {
      if (connection.caller?.sessionId === sessionId) connection.close('forbidden')
    }
  }

  /** Sends every socket away, at moments that are spread over some time. */
  async drain(withinMs: number): Promise<void> {
    const connections = [...this.#open]
    const spreadMs = timeToSendAway(connections.length, withinMs)
    await Promise.all(
      connections.map(async (connection) => {
        const afterMs = Math.floor(Math.random() * spreadMs)
        connection.send({ type: 'notice', code: 'reconnect', after_ms: afterMs })
        await delay(afterMs)
        connection.close('restart')
      }),
    )
  }

  close(): void {
    clearInterval(this.#ticking)
  }

  #tick(): void {
    const nowMs = performance.now()
    for (const connection of this.#open) connection.tick(nowMs)
  }
}
