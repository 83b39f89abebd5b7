import { enqueueLatest } from '@secureconnect/outbox'
import { lifetimes } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../context.ts'
import { listTokens } from '../stores/push-tokens.ts'
import { manners, pushTopic, type WaitingPush } from './waiting-push.ts'

/** What is to be pushed to all devices of somebody. */
export type WantedPush = Omit<WaitingPush, 'token_id' | 'first_seq'>

type PlacedPush = Pick<WaitingPush, 'call_id' | 'conversation_id' | 'kind' | 'actor_id' | 'file_id'>

/**
 * What takes each other's place while it waits: a call, all that is said in a conversation, or all of one kind from one
 * person or of one file. A reaction takes nothing's place, for it may be taken back.
 */
export function placeOf({ call_id, conversation_id, kind, actor_id, file_id }: PlacedPush): string {
  if (kind === 'reaction') return `${kind} ${conversation_id ?? ''}`
  return call_id ?? conversation_id ?? `${kind} ${actor_id ?? file_id ?? ''}`
}

/** Of what is pushed in one place only the newest, which says where the others began. */
function keepNewest(wanted: readonly WantedPush[]): Omit<WaitingPush, 'token_id'>[] {
  const inOrder = wanted.toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
  const byPlace = Map.groupBy(inOrder, (push) => `${push.user_id} ${placeOf(push)}`)
  return [...byPlace.values()].flatMap((pushes) => {
    const [first, newest] = [pushes[0], pushes.at(-1)]
    if (!first || !newest) return []
    return [first.seq === null ? newest : { ...newest, first_seq: first.seq }]
  })
}

/**
 * Has people's devices told, as soon as the transaction is committed; a little later where somebody is active on a
 * socket, because what is read there by then is pushed to nobody. What is urgent goes everywhere at once. Answers to
 * how many devices.
 */
export async function enqueuePushes(
  tx: Transaction,
  wanted: readonly WantedPush[],
  { kv, activity }: Pick<Context, 'kv' | 'activity'>,
): Promise<number> {
  if (wanted.length === 0) return 0
  const tokens = await listTokens(tx, [...new Set(wanted.map(({ user_id }) => user_id))])
  if (tokens.length === 0) return 0
  const byPerson = Map.groupBy(tokens, ({ user_id }) => user_id)
  const active = await activity.listActive([...byPerson.keys()])
  const now = Date.now()
  const effects = keepNewest(wanted).flatMap((push) =>
    (byPerson.get(push.user_id) ?? []).map(({ token_id }) => ({
      key: `${token_id} ${placeOf(push)}`,
      payload: { ...push, token_id } satisfies WaitingPush,
      expiresAt: new Date(now + manners[push.kind].lifeMs),
      ...(active.has(push.user_id) && !manners[push.kind].isUrgent && { dueAt: new Date(now + lifetimes.pushGraceMs) }),
    })),
  )
  await enqueueLatest(tx, pushTopic, effects, { kv, lasting: 'first_seq' })
  return effects.length
}
