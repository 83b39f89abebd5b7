import { assertNotBlocked } from '@secureconnect/directory'
import { enqueueNotification } from '@secureconnect/notifications'
import { type Friendship, lifetimes, limits, people } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../../context.ts'
import { befriend } from '../../people/befriend.ts'
import { askedTooSoon, limitReached } from '../../people/errors.ts'
import { holdPair } from '../../people/hold-pair.ts'
import { countRelations, findFriendship, saveFriendship } from '../../stores/friendships.ts'

async function assertRoom(tx: Transaction, askerId: string, askedId: string): Promise<void> {
  const { sent, waiting } = limits.friendRequests
  if ((await countRelations(tx, askerId)).sent >= sent) throw limitReached('requests of yours that wait for an answer')
  if ((await countRelations(tx, askedId)).waiting >= waiting) throw limitReached('requests that wait for them')
}

/** Asks for a friendship; where that is what the other asked for too, the two are friends. */
async function ask(
  tx: Transaction,
  { askerId, askedId }: { askerId: string; askedId: string },
  { kv }: Pick<Context, 'kv'>,
): Promise<Friendship['state']> {
  await holdPair(tx, askerId, askedId)
  await assertNotBlocked(tx, askerId, askedId)
  const present = await findFriendship(tx, askerId, askedId)
  const isOwn = present?.asked_by === askerId
  if (present?.state === 'friends') return 'friends'
  if (present?.state === 'requested' && isOwn) return 'requested'
  if (present?.state === 'requested') {
    await befriend(tx, present)
    return 'friends'
  }
  const isWaiting = present && isOwn && Date.now() - present.changed_at.getTime() < lifetimes.rejectionMs
  if (isWaiting) throw askedTooSoon(present.changed_at)
  await assertRoom(tx, askerId, askedId)
  await saveFriendship(tx, { a: askerId, b: askedId, askedBy: askerId, state: 'requested' })
  await enqueueNotification(tx, { kind: 'friend_request', user_id: askedId, actor_id: askerId }, kv)
  return 'requested'
}

export const askFriend = route(
  people.askFriend,
  ({ sql, kv, events }: Pick<Context, 'sql' | 'kv' | 'events'>) =>
    async ({ params, caller: { userId } }) => {
      const { user_id: targetId } = params
      const state = await sql.transaction((tx) => ask(tx, { askerId: userId, askedId: targetId }, { kv }))
      events.friendAsked({ userId, targetId })
      return { user_id: targetId, state }
    },
)
