import type { Logger } from '@secureconnect/logging'
import type { DeviceMessageFrame } from '@secureconnect/protocol'
import { type Connection, toWireFrame } from '@secureconnect/service'
import type { BatchedReads } from '../history/batched-reads.ts'
import type { DeviceMessage, QueuePlace } from '../stores/device-messages.ts'

type Options = { connection: Connection; read: BatchedReads<QueuePlace, DeviceMessage[]>; log: Logger }

function toFrame({ place: _place, created_at, ...message }: DeviceMessage): DeviceMessageFrame {
  return { type: 'device.message', ...message, sent_at: created_at.toISOString() }
}

/**
 * Gives a socket what waits for its device, in order and as fast as it reads. Which device it has, if any, the database
 * says at each look, by the sign-in of the socket: so it is right also when the sign-in becomes a device later.
 */
export class DeviceQueue {
  readonly #options: Options
  #given: Pick<QueuePlace, 'deviceId' | 'after'> = { deviceId: null, after: 0 }
  #isDue = false
  #isReading = false

  constructor(options: Options) {
    this.#options = options
  }

  /** Looks for what has come since the last time. */
  look(): void {
    this.#isDue = true
    this.retry()
  }

  /** Looks again where the last look failed. */
  retry(): void {
    if (this.#isReading || !this.#isDue) return
    this.#isReading = true
    void this.#readAll().finally(() => (this.#isReading = false))
  }

  async #readAll(): Promise<void> {
    const { connection, log } = this.#options
    try {
      while (this.#isDue && !connection.isClosing) await this.#readSome()
    } catch (error) {
      this.#isDue = true
      log.debug({ error }, 'the queue of a device could not be read')
    }
  }

  async #readSome(): Promise<void> {
    const { connection, read } = this.#options
    if (!connection.caller) return
    const { userId, sessionId } = connection.caller
    this.#isDue = false
    const messages = await read({ userId, sessionId, ...this.#given })
    const last = messages.at(-1)
    if (!last) return
    await connection.deliverPaced(messages.map((message) => toWireFrame(toFrame(message))))
    this.#given = { deviceId: last.device_id, after: last.position }
    this.#isDue = true
  }
}
