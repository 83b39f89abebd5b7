import type { Logger } from '@secureconnect/logging'
import { Channels } from './channels.ts'
import type { Listener, SubscribeOptions, Subscription } from './kv.ts'
import type { RedisConnection } from './redis-connection.ts'
import { createSubscription } from './subscription.ts'

/**
 * The commands of plain pub/sub, named here alone: on a cluster their sharded kind (`spublish`, `ssubscribe`,
 * `sunsubscribe`, event `smessage`) takes their place, and one server understands it as well.
 */
export const pubSub = {
  publish: 'publish',
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
  message: 'message',
} as const

/** The subscriptions of this process, on a connection of their own; they outlive every loss of it. */
export class RedisSubscriber {
  readonly #connection: RedisConnection
  readonly #channels: Channels
  /** The channels that Redis knows we listen to, on the connection we have now. */
  readonly #confirmed = new Set<string>()

  constructor(connection: RedisConnection, log: Logger) {
    this.#connection = connection
    this.#channels = new Channels((error) => log.error({ error }, 'a listener failed'))
    const { client } = connection
    client.on(pubSub.message, (channel: string, message: string) => this.#channels.deliver(channel, message))
    client.on('close', () => this.#confirmed.clear())
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
    await this.#confirm(missing)
    this.#channels.tellGap(missing)
  }

  async #confirm(channels: readonly string[]): Promise<void> {
    await this.#connection.call(pubSub.subscribe, (client) => client[pubSub.subscribe](...channels))
    for (const channel of channels) if (this.#channels.has(channel)) this.#confirmed.add(channel)
  }

  async #leave(channel: string): Promise<void> {
    this.#confirmed.delete(channel)
    if (!this.#connection.isReady) return
    await this.#connection
      .call(pubSub.unsubscribe, (client) => client[pubSub.unsubscribe](channel))
      .catch(leaveToNextCheck)
  }
}

/** The failure is counted where it happened; the next check, two seconds later at most, mends what is missing. */
function leaveToNextCheck(): void {}
