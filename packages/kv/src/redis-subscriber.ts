import type { Logger } from '@secureconnect/logging'
import type { Cluster, Redis } from 'ioredis'
import { Channels } from './channels.ts'
import type { Listener, SubscribeOptions, Subscription } from './kv.ts'
import type { RedisConnection } from './redis-connection.ts'
import { createSubscription } from './subscription.ts'

/** So many are subscribed to well within the time of a call. */
const channelsPerCall = 1_000

/**
 * The subscriptions of this process, on a connection of their own; they outlive every loss of it. They are of the
 * sharded kind, which a single server understands as well: in a cluster only the node that holds a channel hears of it.
 */
export class RedisSubscriber {
  readonly #connection: RedisConnection
  readonly #channels: Channels
  /** The channels that Redis knows we listen to, on the connection we have now. */
  readonly #confirmed = new Set<string>()

  constructor(connection: RedisConnection, log: Logger) {
    this.#connection = connection
    this.#channels = new Channels((error) => log.error({ error }, 'a listener failed'))
    const { client } = connection
    client.on('smessage', (channel: string, message: string) => this.#channels.deliver(channel, message))
    client.on('close', () => this.#confirmed.clear())
    // A node of a cluster has left us; which channels were there, the next check need not know.
    client.on('-subscriber', () => this.#confirmed.clear())
    client.on('ready', () => void this.check().catch(leaveToNextCheck))
  }

  /** Never fails: without a connection the listener is registered, and hears from the moment there is one. */
  async subscribe(channel: string, listener: Listener, options: SubscribeOptions): Promise<Subscription> {
    const remove = this.#channels.add(channel, { listener, ...options })
    if (!this.#confirmed.has(channel)) await this.#confirm([channel]).catch(leaveToNextCheck)
    return createSubscription(async () => {
      remove()
      if (!this.#channels.has(channel)) await this.#leave(channel)
    })
  }

  /** Fails unless every subscription stands; renews those that do not. */
  async check(): Promise<void> {
    const missing = this.#channels.list().filter((channel) => !this.#confirmed.has(channel))
    if (missing.length === 0) {
      await this.#connection.call('ping', (client) => client.ping())
      return
    }
    for (let from = 0; from < missing.length; from += channelsPerCall) {
      const part = missing.slice(from, from + channelsPerCall)
      await this.#confirm(part)
      this.#channels.tellGap(part)
    }
  }

  async #confirm(channels: readonly string[]): Promise<void> {
    // The channels of one command would have to be on one node of a cluster.
    const subscribe = (client: Redis | Cluster) =>
      client.isCluster
        ? Promise.all(channels.map((channel) => client.ssubscribe(channel)))
        : client.ssubscribe(...channels)
    await this.#connection.call('ssubscribe', subscribe)
    for (const channel of channels) if (this.#channels.has(channel)) this.#confirmed.add(channel)
  }

  async #leave(channel: string): Promise<void> {
    this.#confirmed.delete(channel)
    if (!this.#connection.isReady) return
    await this.#connection.call('sunsubscribe', (client) => client.sunsubscribe(channel)).catch(leaveToNextCheck)
  }
}

/** The failure is counted where it happened; the next check, two seconds later at most, mends what is missing. */
function leaveToNextCheck(): void {}
