import { limits } from '@secureconnect/protocol'
import type { Transaction } from '@secureconnect/sql'
import { countRelations, type FriendshipRow, saveFriendship } from '../stores/friendships.ts'
import { limitReached } from './errors.ts'

/** Makes friends of two people, one of whom asked the other; both accounts are held. */
export async function befriend(tx: Transaction, { low_id, high_id, asked_by }: FriendshipRow): Promise<void> {
  for (const userId of [low_id, high_id]) {
    const { friends } = await countRelations(tx, userId)
    if (friends >= limits.friendsPerUser) throw limitReached(`friends of one of you`)
  }
  await saveFriendship(tx, { a: low_id, b: high_id, askedBy: asked_by, state: 'friends' })
}
