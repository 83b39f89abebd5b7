import type { ChatReply, Subscribed } from '@secureconnect/protocol'
import { limits } from '@secureconnect/protocol/constants'
import { delay, fullJitter } from '../delay.ts'
import { ApiError, isTemporary } from '../errors.ts'
import type { Connection } from './connection.ts'
import type { Positions } from './subscriptions.ts'

export type SubscribeReply = ChatReply<'subscribe'>

const retryBounds = { firstMs: 500, mostMs: 15_000 }

/** Asks until it is answered, or refused for good. */
async function askOnce(connection: Connection, positions: Positions): Promise<SubscribeReply> {
  for (let failures = 0; ; failures += 1) {
    try {
      // The reply comes after what is replayed, which may be much.
      return await connection.ask('subscribe', { positions }, { timeoutMs: Number.POSITIVE_INFINITY })
    } catch (error) {
      if (!(error instanceof ApiError) || !isTemporary(error)) throw error
      await delay(Math.max(error.retryAfterMs ?? 0, fullJitter(failures, retryBounds)), connection.ended)
    }
  }
}

/** Subscribes to any number of conversations, as many at a time as a frame may name. */
export async function askToSubscribe(
  connection: Connection,
  positions: Positions,
  accept: (id: string, subscribed: Subscribed) => void,
): Promise<SubscribeReply> {
  const entries = Object.entries(positions)
  const whole: SubscribeReply = { subscribed: {}, not_found: [] }
  while (entries.length > 0) {
    const part = Object.fromEntries(entries.splice(0, limits.subscriptionsPerFrame))
    const { subscribed, not_found } = await askOnce(connection, part)
    for (const [id, one] of Object.entries(subscribed)) accept(id, one)
    Object.assign(whole.subscribed, subscribed)
    whole.not_found.push(...not_found)
  }
  return whole
}
