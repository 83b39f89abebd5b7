import { people } from '@secureconnect/protocol'
import { route } from '@secureconnect/service'
import type { Context } from '../../context.ts'
import { removeBlock } from '../../stores/blocks.ts'

export const unblockUser = route(
  people.unblock,
  ({ sql, events }: Pick<Context, 'sql' | 'events'>) =>
    async ({ params, caller: { userId } }) => {
      const { user_id: blockedId } = params
      const wasBlocked = await removeBlock(sql, { userId, blockedId })
      if (wasBlocked) events.userUnblocked({ userId, targetId: blockedId })
      return { message: 'You do not block this person.' }
    },
)
