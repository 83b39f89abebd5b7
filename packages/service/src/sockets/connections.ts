import { setTimeout as delay } from 'node:timers/promises'
import type { Metrics } from '@secureconnect/metrics'
import { limits } from '@secureconnect/protocol'
import type { Connection } from './connection.ts'

/** The sockets of one endpoint in this process: how many, whose, and how they are sent away. */
export class Connections {
  readonly #open = new Set<Connection>()
  readonly #metrics: Metrics

  constructor(metrics: Metrics) {
    this.#metrics = metrics
  }

  get size(): number {
    return this.#open.size
  }

  add(connection: Connection): void {
    this.#open.add(connection)
    this.#metrics.websocketConnections.inc()
  }

  remove(connection: Connection): void {
    if (this.#open.delete(connection)) this.#metrics.websocketConnections.dec()
  }

  /** Whether the user of `connection` may have it beside the others he has open here. */
  admits(connection: Connection): boolean {
    const userId = connection.caller?.userId
    return [...this.#open].filter((other) => other.caller?.userId === userId).length <= limits.socketsPerUser
  }

  /** Ends the sockets of a session that was revoked. */
  closeSession(sessionId: string): void {
    for (const connection of this.#open) {
      if (connection.caller?.sessionId === sessionId) connection.close('forbidden')
    }
  }

  /** Sends every socket away, spread over `withinMs` so that not all come back to the next process at once. */
  async drain(withinMs: number): Promise<void> {
    const connections = [...this.#open]
    await Promise.all(
      connections.map(async (connection) => {
        const afterMs = Math.floor(Math.random() * withinMs)
        connection.send({ type: 'notice', code: 'reconnect', after_ms: afterMs })
        await delay(afterMs)
        connection.close('restart')
      }),
    )
  }
}
