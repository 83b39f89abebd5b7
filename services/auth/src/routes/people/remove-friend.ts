import { people } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { removeFriendship } from '../../stores/friendships.ts'

export const removeFriend = route(
  people.removeFriend,
  ({ sql, events }: Pick<Context, 'sql' | 'events'>) =>
    async ({ params, caller: { userId } }) => {
      const { user_id: targetId } = params
      if (await removeFriendship(sql, userId, targetId)) events.friendRemoved({ userId, targetId })
      return { message: 'You are not friends.' }
    },
)
