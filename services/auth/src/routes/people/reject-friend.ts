import { people } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Transaction } from '@secureconnect/sql'
import type { Context } from '../../context.ts'
import { noFriendRequest, ownFriendRequest } from '../../people/errors.ts'
import { holdPair } from '../../people/hold-pair.ts'
import { findFriendship, saveFriendship } from '../../stores/friendships.ts'

/** Rejecting twice is fine, and does not make the other wait longer. */
async function reject(tx: Transaction, callerId: string, askerId: string): Promise<void> {
  await holdPair(tx, callerId, askerId)
  const present = await findFriendship(tx, callerId, askerId)
  const isOwn = present?.asked_by === callerId
  if (present?.state === 'rejected' && !isOwn) return
  if (present?.state !== 'requested') throw noFriendRequest()
  if (isOwn) throw ownFriendRequest()
  await saveFriendship(tx, { a: callerId, b: askerId, askedBy: askerId, state: 'rejected' })
}

export const rejectFriend = route(
  people.rejectFriend,
  ({ sql, events }: Pick<Context, 'sql' | 'events'>) =>
    async ({ params, caller: { userId } }) => {
      const { user_id: targetId } = params
      await sql.transaction((tx) => reject(tx, userId, targetId))
      events.friendRejected({ userId, targetId })
      return { user_id: targetId, state: 'rejected' as const }
    },
)
