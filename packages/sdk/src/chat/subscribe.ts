import type { ChatReply, Subscribed } from '@secureconnect/protocol'
import { limits } from '@secureconnect/protocol/constants'
import { insist } from '../insist.ts'
import type { Connection } from '../socket/connection.ts'
import type { ChatLanguage } from './frames.ts'
import type { Positions } from './subscriptions.ts'

export type SubscribeReply = ChatReply<'subscribe'>

/** The reply comes after what is replayed, which may be much. */
const forAsLongAsItLives = { timeoutMs: Number.POSITIVE_INFINITY }

/** Subscribes to any number of conversations, as many at a time as a frame may name. */
export async function askToSubscribe(
  connection: Connection<ChatLanguage>,
  positions: Positions,
  accept: (id: string, subscribed: Subscribed) => void,
): Promise<SubscribeReply> {
  const entries = Object.entries(positions)
  const whole: SubscribeReply = { subscribed: {}, not_found: [] }
  while (entries.length > 0) {
    const part = { positions: Object.fromEntries(entries.splice(0, limits.subscriptionsPerFrame)) }
    const { subscribed, not_found } = await insist(
      () => connection.ask('subscribe', part, forAsLongAsItLives),
      connection.ended,
    )
    for (const [id, one] of Object.entries(subscribed)) accept(id, one)
    Object.assign(whole.subscribed, subscribed)
    whole.not_found.push(...not_found)
  }
  return whole
}
