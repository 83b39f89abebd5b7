import { people } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../../context.ts'
import { befriend } from '../../people/befriend.ts'
import { noFriendRequest, ownFriendRequest } from '../../people/errors.ts'
import { holdPair } from '../../people/hold-pair.ts'
import { findFriendship } from '../../stores/friendships.ts'

/** Accepting twice is fine: the second answer is that of the first. */
async function accept(tx: Transaction, callerId: string, askerId: string): Promise<void> {
  await holdPair(tx, callerId, askerId)
  const present = await findFriendship(tx, callerId, askerId)
  if (present?.state === 'friends') return
  if (present?.state !== 'requested') throw noFriendRequest()
  if (present.asked_by === callerId) throw ownFriendRequest()
  await befriend(tx, present)
}

export const acceptFriend = route(
  people.acceptFriend,
  ({ sql, events }: Pick<Context, 'sql' | 'events'>) =>
    async ({ params, caller: { userId } }) => {
      const { user_id: targetId } = params
      await sql.transaction((tx) => accept(tx, userId, targetId))
      events.friendAccepted({ userId, targetId })
      return { user_id: targetId, state: 'friends' as const }
    },
)
